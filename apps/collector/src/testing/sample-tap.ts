import type { TapReport } from '@slashzero/contract/report'
import { buildTap } from '@slashzero/contract/testing'

/** A tap that is up, without a VM, on which no daemon has joined or sent anything. */
export function sampleTap(ifindex: number, changed: Partial<TapReport> = {}): TapReport {
  return buildTap(ifindex, { allRoutersUsers: 1, routerSolicitsIn: 0, routerAdvertsOut: 0, vm: null, ...changed })
}
