import { readFileSync } from 'node:fs'
import { report as schema } from '@slashzero/contract/report'
import type { Report, TapReport } from '@slashzero/contract/report'

const golden = schema.parse(
  JSON.parse(readFileSync(new URL('../../../../packages/contract/fixtures/report-v1.json', import.meta.url), 'utf8')),
)

/** A report of one namespace, numbered 1, with these taps and with or without a sender; its pass cost so many milliseconds. */
export function sampleReport(taps: readonly TapReport[], { sender = true, milliseconds = 0 } = {}): Report {
  const [namespace] = golden.namespaces
  if (namespace === undefined) throw new Error('the golden report has a namespace')
  return {
    ...golden,
    namespaces: [{ ...namespace, id: 1, senders: sender ? namespace.senders : [], taps: [...taps] }],
    runs: [{ probe: 'links', outcome: 'ok', milliseconds, error: null }],
  }
}

/** A tap that is up, joined by nobody and new. */
export function sampleTap(ifindex: number, changed: Partial<TapReport> = {}): TapReport {
  const counters = { routerSolicitsIn: 0, routerAdvertsIn: 0, routerAdvertsOut: 0 }
  return {
    ifindex,
    name: `tap${ifindex}`,
    kind: 'tap',
    up: true,
    forwarding: true,
    allRoutersUsers: 1,
    ...counters,
    vm: null,
    ...changed,
  }
}
