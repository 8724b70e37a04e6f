-- What changes in every report moves into one narrow row a hypervisor, so that a steady report writes no other state.

CREATE TABLE "hypervisor_pulse" (
    "hypervisor_id" TEXT NOT NULL,
    "version" BIGINT NOT NULL DEFAULT 0,
    "last_sequence" BIGINT,
    "last_seen_at" TIMESTAMPTZ(3),
    "observed_at" TIMESTAMPTZ(3),
    "clock_skew_ms" BIGINT,
    "judge_again_at" TIMESTAMPTZ(3),
    "memory" JSON,
    "trends" JSON,
    "vm_times" BYTEA,

    CONSTRAINT "hypervisor_pulse_pkey" PRIMARY KEY ("hypervisor_id")
);

-- Half of each page is free for the next versions, so that no update touches the index (heap-only tuples). The row of a
-- few hundred VMs stays on its page, and times do not compress.
ALTER TABLE "hypervisor_pulse" SET (fillfactor = 50, toast_tuple_target = 8160, autovacuum_vacuum_scale_factor = 0.5);
ALTER TABLE "hypervisor_pulse" ALTER COLUMN "vm_times" SET STORAGE EXTERNAL;

-- The rows of VMs hold the times of the checks until the next report.
INSERT INTO "hypervisor_pulse"
SELECT "id", "version",
  (SELECT "last_sequence" FROM "hypervisor_boot" b WHERE b."hypervisor_id" = h."id" AND b."boot_id" = h."boot_id"),
  "last_seen_at", "observed_at", "clock_skew_ms", "judge_again_at", "memory",
  (SELECT json_object_agg(s."key", (
      SELECT coalesce(json_agg(json_build_array(p -> 'at', p -> 'optmemBytes')), '[]')
      FROM json_array_elements(s."trend") AS p))
    FROM "sender_socket" s WHERE s."hypervisor_id" = h."id"),
  NULL
FROM "hypervisor" h;

ALTER TABLE "hypervisor_pulse" ADD CONSTRAINT "hypervisor_pulse_hypervisor_id_fkey" FOREIGN KEY ("hypervisor_id") REFERENCES "hypervisor"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "hypervisor"
  DROP COLUMN "version",
  DROP COLUMN "last_seen_at",
  DROP COLUMN "observed_at",
  DROP COLUMN "clock_skew_ms",
  DROP COLUMN "judge_again_at",
  DROP COLUMN "memory";
ALTER TABLE "sender_socket" DROP COLUMN "trend";
