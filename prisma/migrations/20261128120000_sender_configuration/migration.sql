ALTER TABLE "hypervisor"
  ADD COLUMN "probes" JSONB,
  ADD COLUMN "configurations" JSONB NOT NULL DEFAULT '[]';
