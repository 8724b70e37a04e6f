-- The end of a route that the next advertisement renews stands in the pulse, because it changes with every advertisement.
UPDATE "vm" SET "route_ends_at" = NULL, "route_ends_basis" = NULL, "route_renewable" = NULL
WHERE "route_renewable" AND "route_status" <> 'expiring';
