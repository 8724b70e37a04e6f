ALTER TABLE "tap" ADD COLUMN "advertisements" JSON;

ALTER TABLE "vm"
  ADD COLUMN "route_ends_at" TIMESTAMPTZ(3),
  ADD COLUMN "route_ends_basis" TEXT,
  ADD COLUMN "route_renewable" BOOLEAN;
