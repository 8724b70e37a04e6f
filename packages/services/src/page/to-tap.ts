import type { HypervisorTap } from '@slashzero/contract/page'
import type { TapRecord } from '@slashzero/db'
import { toIso } from '../time.ts'

/** A tap as the pages show it. */
export function toTap(tap: TapRecord): HypervisorTap {
  return {
    ifindex: tap.ifindex,
    name: tap.name,
    kind: tap.kind,
    up: tap.up,
    forwarding: tap.forwarding,
    allRoutersUsers: tap.allRoutersUsers,
    routerSolicitsIn: tap.routerSolicitsIn,
    routerAdvertsIn: tap.routerAdvertsIn,
    routerAdvertsOut: tap.routerAdvertsOut,
    namespace: tap.namespaceName,
    status: tap.status,
    statusReason: tap.statusReason,
    statusSince: toIso(tap.statusSince),
    advertisements: tap.advertisements?.map((one) => ({ ...one, seenAt: toIso(one.seenAt) })) ?? null,
    vm: tap.vm,
  }
}
