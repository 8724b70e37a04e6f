-- What a report says of a socket or a tap only to be shown stands in one column, so that one fact more needs no migration.

ALTER TABLE "sender_socket" ADD COLUMN "facts" JSON NOT NULL DEFAULT '{}';
UPDATE "sender_socket" SET "facts" = json_build_object(
  'version', "version", 'startedAt', "started_at", 'executableDeleted', "executable_deleted", 'method', "method",
  'unmeasuredReason', "unmeasured_reason", 'staleInterfaceIndexes', "stale_interface_indexes");
ALTER TABLE "sender_socket"
  ALTER COLUMN "facts" DROP DEFAULT,
  DROP COLUMN "version",
  DROP COLUMN "started_at",
  DROP COLUMN "executable_deleted",
  DROP COLUMN "method",
  DROP COLUMN "unmeasured_reason",
  DROP COLUMN "stale_interface_indexes";

ALTER TABLE "tap" ADD COLUMN "facts" JSON NOT NULL DEFAULT '{}';
UPDATE "tap" SET "facts" = json_build_object(
  'kind', "kind", 'up', "up", 'forwarding', "forwarding", 'allRoutersUsers', "all_routers_users",
  'routerSolicitsIn', "router_solicits_in", 'routerAdvertsIn', "router_adverts_in", 'routerAdvertsOut', "router_adverts_out");
ALTER TABLE "tap"
  ALTER COLUMN "facts" DROP DEFAULT,
  DROP COLUMN "kind",
  DROP COLUMN "up",
  DROP COLUMN "forwarding",
  DROP COLUMN "all_routers_users",
  DROP COLUMN "router_solicits_in",
  DROP COLUMN "router_adverts_in",
  DROP COLUMN "router_adverts_out";
