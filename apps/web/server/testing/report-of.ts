import type { Report } from '@slashzero/contract/report'
import {
  buildCheck,
  buildNamespace,
  buildReport,
  buildSender,
  buildSocket,
  buildTap,
} from '@slashzero/contract/testing'

/** A report of now, as a collector sends it: a hypervisor with one radvd, one tap and one VM without ::/0. */
export function reportOf(hostId: string, sequence: number, changes: Partial<Report> = {}): Report {
  const now = new Date().toISOString()
  const vm = { name: 'vm-1', uuid: '0b0f2a94-64f5-4d6e-9d8e-2f1a3f8c5a01' }
  const socket = buildSocket({ optmemBytes: 1008, receiveDrops: 4, staleInterfaceIndexes: [9, 15] })
  const tap = buildTap(117, { name: 'tap1', ipv6Disabled: true, routerSolicitsIn: 5, vm: { ...vm, pid: 2323 } })
  return buildReport(sequence, {
    observedAt: now,
    sentAt: now,
    host: { id: hostId },
    namespaces: [buildNamespace({ senders: [buildSender({ sockets: [socket] })], taps: [tap] })],
    routeChecks: [buildCheck(0, { vm, checkedAt: now, defaultRoute: 'absent', gateway: null, expiresInSeconds: null })],
    runs: [{ probe: 'optmem', outcome: 'ok', milliseconds: 3.1, error: null }],
    ...changes,
  })
}
