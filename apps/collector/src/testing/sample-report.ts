import type { Report, TapReport } from '@slashzero/contract/report'
import { buildNamespace, buildReport, buildSender, buildTap } from '@slashzero/contract/testing'

/** A report of one namespace with these taps, with or without a sender, from a pass that took `milliseconds`. */
export function sampleReport(taps: readonly TapReport[], { sender = true, milliseconds = 0 } = {}): Report {
  return buildReport(0, {
    namespaces: [buildNamespace({ senders: sender ? [buildSender()] : [], taps: [...taps] })],
    runs: [{ probe: 'links', outcome: 'ok', milliseconds, error: null }],
  })
}

/** A tap that is up, without a VM, on which no daemon has joined or sent anything. */
export function sampleTap(ifindex: number, changed: Partial<TapReport> = {}): TapReport {
  return buildTap(ifindex, { allRoutersUsers: 1, routerSolicitsIn: 0, routerAdvertsOut: 0, vm: null, ...changed })
}
