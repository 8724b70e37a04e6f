-- Lists are filtered, sorted and searched by indexes. By hand: the expressions, the partial index and the trigrams, which
-- Prisma cannot say. packages/db/src/hypervisor/order.ts and packages/db/src/vm/order.ts name the same expressions.

CREATE EXTENSION IF NOT EXISTS pg_trgm;

ALTER TABLE "hypervisor"
  ADD COLUMN "vms_expiring" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "vms_dark" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "dark_first_at" TIMESTAMPTZ(3),
  ADD COLUMN "dark_last_at" TIMESTAMPTZ(3),
  ADD COLUMN "optmem_bytes" BIGINT,
  ADD COLUMN "optmem_max_bytes" BIGINT,
  ADD COLUMN "memberships" BIGINT,
  ADD COLUMN "stale_memberships" BIGINT,
  ADD COLUMN "joins_left" BIGINT,
  ADD COLUMN "full_at" TIMESTAMPTZ(3),
  ADD COLUMN "search" TEXT NOT NULL DEFAULT '';

UPDATE "hypervisor" h SET
  "vms_expiring" = v."expiring", "vms_dark" = v."dark", "dark_first_at" = v."first_at", "dark_last_at" = v."last_at"
FROM (
  SELECT "hypervisor_id", count(*) FILTER (WHERE "route_status" = 'expiring') AS "expiring",
    count(*) FILTER (WHERE "dark") AS "dark",
    min("route_ends_at") FILTER (WHERE "dark") AS "first_at", max("route_ends_at") FILTER (WHERE "dark") AS "last_at"
  FROM (SELECT *, NOT "route_renewable" AND "route_status" <> 'missing' AND "route_ends_at" IS NOT NULL AS "dark" FROM "vm") AS "one"
  GROUP BY "hypervisor_id"
) AS v WHERE v."hypervisor_id" = h."id";

UPDATE "hypervisor" h SET
  "optmem_bytes" = s."optmem_bytes", "optmem_max_bytes" = s."optmem_max_bytes", "memberships" = s."memberships",
  "stale_memberships" = s."stale_memberships", "joins_left" = s."joins_left", "full_at" = s."full_at"
FROM (
  SELECT DISTINCT ON ("hypervisor_id") * FROM "sender_socket"
  ORDER BY "hypervisor_id", "sends_blocked" IS TRUE DESC, "joins_left" IS NOT DISTINCT FROM 0 DESC,
    "optmem_bytes" / nullif("optmem_max_bytes", 0)::float8 DESC NULLS LAST
) AS s WHERE s."hypervisor_id" = h."id";

UPDATE "hypervisor" h SET "search" = lower(concat_ws(E'\n', "name", "kernel", 'collector=' || "collector_version",
  (SELECT string_agg("key" || '=' || "value", E'\n') FROM jsonb_each_text("labels")),
  (SELECT string_agg(DISTINCT concat_ws(' ', "daemon", "facts" ->> 'version'), E'\n') FROM "sender_socket" s
    WHERE s."hypervisor_id" = h."id")));

ALTER TABLE "vm" ADD COLUMN "search" TEXT NOT NULL DEFAULT '';
UPDATE "vm" v SET "search" = lower(concat_ws(E'\n', "name", "uuid", "route_gateway",
  (SELECT string_agg(t."name", E'\n') FROM "tap" t WHERE t."hypervisor_id" = v."hypervisor_id" AND t."key" = ANY(v."tap_keys"))));
ALTER TABLE "vm" ALTER COLUMN "search" DROP DEFAULT;

CREATE INDEX "hypervisor_name_id_idx" ON "hypervisor"("name", "id");
CREATE INDEX "hypervisor_created_at_idx" ON "hypervisor"("created_at");
CREATE INDEX "hypervisor_worst_idx" ON "hypervisor" (
  (CASE WHEN "status" IN ('sends-blocked', 'no-sender', 'joins-blocked') THEN array_position(ARRAY['sends-blocked', 'no-sender', 'joins-blocked'], "status") ELSE 4 END),
  (-"vms_missing"),
  (array_position(ARRAY['sends-blocked', 'no-sender', 'joins-blocked', 'silent', 'at-risk', 'leaking', 'not-measurable', 'healthy'], "status")),
  (coalesce("full_at", 'infinity')),
  (coalesce("joins_left", 9007199254740991)),
  "name", "id");
CREATE INDEX "hypervisor_full_idx" ON "hypervisor" ((coalesce("full_at", 'infinity')), "name", "id");
CREATE INDEX "hypervisor_demo_idx" ON "hypervisor" ("status") WHERE "demo";
CREATE INDEX "hypervisor_search_idx" ON "hypervisor" USING gin ("search" gin_trgm_ops);

DROP INDEX "vm_route_status_idx";
CREATE INDEX "vm_route_status_route_since_name_id_idx" ON "vm"("route_status", "route_since", "name", "id");
CREATE INDEX "vm_route_status_name_id_idx" ON "vm"("route_status", "name", "id");
CREATE INDEX "vm_dark_idx" ON "vm" ("route_ends_at", "name", "id")
  WHERE NOT "route_renewable" AND "route_status" <> 'missing' AND "route_ends_at" IS NOT NULL;
CREATE INDEX "vm_search_idx" ON "vm" USING gin ("search" gin_trgm_ops);
