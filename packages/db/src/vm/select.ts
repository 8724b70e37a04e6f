import type { Countdown, RouteCheckState } from '@slashzero/core'
import type { RouteCheckMethod } from '@slashzero/contract/report'
import type { HypervisorStatus, RouteStatus, TapStatus } from '@slashzero/contract/rest'

/** A VM as pages and the API show it. Times in milliseconds. Of several taps the first reported stands for all. */
export type VmRecord = {
  readonly id: string
  readonly name: string
  readonly uuid: string | null
  readonly demo: boolean
  readonly hypervisorId: string
  readonly hypervisorName: string
  readonly hypervisorStatus: HypervisorStatus
  readonly hypervisorStatusReason: string
  readonly tapName: string | null
  readonly tapIfindex: number | null
  readonly tapStatus: TapStatus | null
  readonly tapStatusReason: string | null
  readonly routeStatus: RouteStatus
  readonly routeReason: string | null
  readonly routeSince: number
  readonly routeCheckedAt: number | null
  readonly routeMethod: RouteCheckMethod | null
  readonly routeGateway: string | null
  readonly routeExpiresAt: number | null
  readonly routeCause: string | null
  readonly routeEndsAt: number | null
  readonly routeEndsBasis: Countdown['basis'] | null
  readonly routeRenewable: boolean | null
  /** The latest of each method. */
  readonly checks: readonly RouteCheckState[]
}

export const vmColumns = `v.id, v.name, v.uuid, h.demo, h.id AS "hypervisorId", h.name AS "hypervisorName",
  h.status AS "hypervisorStatus", h.status_reason AS "hypervisorStatusReason",
  t.name AS "tapName", t.ifindex AS "tapIfindex", t.status AS "tapStatus", t.status_reason AS "tapStatusReason",
  v.route_status AS "routeStatus", v.route_reason AS "routeReason", v.route_since AS "routeSince",
  v.route_checked_at AS "routeCheckedAt", v.route_method AS "routeMethod", v.route_gateway AS "routeGateway",
  v.route_expires_at AS "routeExpiresAt", v.route_cause AS "routeCause",
  v.route_ends_at AS "routeEndsAt", v.route_ends_basis AS "routeEndsBasis", v.route_renewable AS "routeRenewable", v.checks`

/** The tables of `vmColumns`; `source` is the table vm or a query that picks its rows. */
export function vmTables(source = 'vm'): string {
  return `${source} v JOIN hypervisor h ON h.id = v.hypervisor_id
    LEFT JOIN tap t ON t.hypervisor_id = v.hypervisor_id AND t.key = v.tap_keys[1]`
}
