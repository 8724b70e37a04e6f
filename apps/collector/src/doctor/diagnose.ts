import { judgeReport, sendsBlocked } from '@slashzero/core'
import type { HypervisorState, SocketState, VmState } from '@slashzero/core'
import { toVisible } from '@slashzero/contract/report'
import type { NamespaceReport, Report } from '@slashzero/contract/report'
import type { Ability } from './abilities.ts'
import type {
  Diagnosis,
  Finding,
  NamespaceDiagnosis,
  SenderDiagnosis,
  Status,
  TapDiagnosis,
  VmDiagnosis,
} from './diagnosis.ts'
import { findFindings, judgeSocket } from './find-findings.ts'
import type { Surroundings } from './give-steps.ts'

/**
 * Diagnoses a machine from one report, or from several reports in the order they were made. Core judges, and the
 * diagnosis puts the verdicts into words. `notes` are findings of other kinds; they come last.
 */
export function diagnose(
  first: Report,
  later: readonly Report[],
  surroundings: Surroundings,
  abilities: readonly Ability[],
  notes: readonly Finding[] = [],
): Diagnosis {
  const report = later.at(-1) ?? first
  const state = judgeAll(first, later)
  const findings = [...findFindings(state, report, surroundings), ...notes]
  const status = statusOf(findings)
  const { name, kernel, collectorVersion } = report.host
  return makeVisible({
    version: 1,
    status,
    summary: summarise(status, findings, state),
    observedAt: report.observedAt,
    host: { name, kernel, collectorVersion },
    membershipBytes: report.membershipBytes,
    findings,
    namespaces: report.namespaces.map((namespace) => showNamespace(namespace, state, surroundings)),
    vms: state.vms.map((vm) => showVm(vm, state)),
    abilities,
    unread: report.runs.flatMap(({ probe, outcome, error }) =>
      outcome === 'ok' ? [] : [{ probe, error: error ?? 'no reason was given' }],
    ),
  })
}

/** The state after these reports. Each is judged at the time it was made, because all have the same clock. */
export function judgeAll(first: Report, later: readonly Report[]): HypervisorState {
  const begin = judgeReport(null, first, Date.parse(first.sentAt)).state
  return later.reduce((state, report) => judgeReport(state, report, Date.parse(report.sentAt)).state, begin)
}

function statusOf(findings: readonly Finding[]): Status {
  const [worst] = findings
  return worst === undefined || worst.level === 'note' ? 'healthy' : worst.level
}

function summarise(status: Status, findings: readonly Finding[], state: HypervisorState): string {
  const [worst] = findings
  const others = findings.filter(({ level }) => level !== 'note').length - 1
  if (status === 'healthy' || worst === undefined) return `${state.statusReason}; ${countRoutes(state.vms)}`
  return `${worst.subject}: ${worst.problem}${others > 0 ? `; and ${others} more` : ''}`
}

function countRoutes(vms: readonly VmState[]): string {
  if (vms.length === 0) return 'no VM was seen'
  const unknown = vms.filter(({ route }) => route.status === 'unknown').length
  const told = vms.length - unknown
  const good = told === 0 ? '' : `${told} of ${vms.length} VMs have a ::/0`
  return unknown === 0 ? good : [good, `${unknown} unknown`].filter(Boolean).join(', ')
}

function showNamespace(
  namespace: NamespaceReport,
  state: HypervisorState,
  { ownNamespace }: Surroundings,
): NamespaceDiagnosis {
  const { id, name, optmemMaxBytes, optmemMaxSource } = namespace
  const senders = state.sockets
    .filter(({ namespaceId }) => namespaceId === id)
    .map((socket) => showSender(socket, state))
  const judgedTaps = new Map(state.taps.map((tap) => [tap.key, tap]))
  const taps = namespace.taps.flatMap((tap): TapDiagnosis[] => {
    const judged = judgedTaps.get(`${id}:${tap.ifindex}`)
    return judged === undefined
      ? []
      : [{ ...tap, status: judged.status, reason: judged.statusReason, vm: tap.vm?.name ?? null }]
  })
  return { id, name, own: id === ownNamespace, optmemMaxBytes, optmemMaxSource, senders, taps }
}

function showSender(socket: SocketState, state: HypervisorState): SenderDiagnosis {
  return {
    daemon: socket.daemon,
    version: socket.version,
    pid: socket.pid,
    startedAt: socket.startedAt,
    executableDeleted: socket.executableDeleted,
    inode: socket.inode,
    method: socket.method,
    unmeasuredReason: socket.unmeasuredReason,
    optmemBytes: socket.optmemBytes,
    memberships: socket.memberships,
    liveMemberships: socket.liveMemberships,
    staleMemberships: socket.staleMemberships,
    staleUnknownReason: socket.memory.staleUnknownReason,
    staleInterfaceIndexes: socket.staleInterfaceIndexes,
    staleInterfacesFound: socket.staleInterfacesFound,
    joinsLeft: socket.joinsLeft,
    sendsBlockedAtBytes: findSendThreshold(socket.optmemMaxBytes, socket.daemon),
    sendsBlocked: socket.sendsBlocked,
    ...judgeSocket(socket, state.observedAt),
  }
}

/** The smallest option memory that blocks sends according to core; null if none does. */
function findSendThreshold(limit: number | null, daemon: string): number | null {
  if (limit === null || !sendsBlocked({ limit, used: limit }, daemon)) return null
  let bytes = Math.max(0, limit - 64)
  while (!sendsBlocked({ limit, used: bytes }, daemon)) bytes += 1
  return bytes
}

function showVm({ name, uuid, tapKeys, route }: VmState, state: HypervisorState): VmDiagnosis {
  const { status, reason, cause, gateway, method, checkedAt, expiresAt, countdown } = route
  return {
    name,
    uuid,
    taps: state.taps.filter(({ key }) => tapKeys.includes(key)).map((tap) => tap.name),
    route: {
      status,
      reason,
      cause,
      gateway,
      method,
      checkedAt: instant(checkedAt),
      expiresAt: instant(expiresAt),
      countdown: countdown === null ? null : { ...countdown, endsAt: new Date(countdown.endsAt).toISOString() },
    },
  }
}

function instant(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}

/**
 * Makes every text safe to print, because sentences contain names that guests and daemons choose.
 */
function makeVisible<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value), (_, inner: unknown) =>
    typeof inner === 'string' ? toVisible(inner) : inner,
  )
}
