import { isFull, judgeHypervisor, nameSocket } from '@slashzero/core'
import type { HypervisorState, SocketState, TapState, VmState } from '@slashzero/core'
import { mayHide } from '@slashzero/contract/report'
import type { ProbeRun, Report, SenderReport } from '@slashzero/contract/report'
import { LIMIT_TOO_SMALL } from '../probes/sender/calibrate-membership.ts'
import type { Finding, Status, Step } from './diagnosis.ts'
import { checkStep, say, stepForForwarding, stepsForSocket, stepsForTap } from './give-steps.ts'
import type { Surroundings } from './give-steps.ts'

/** Everything that is wrong, worst first. Symptoms with one cause are one finding. */
export function findFindings(state: HypervisorState, report: Report, surroundings: Surroundings): Finding[] {
  const missing = state.vms.filter(({ route }) => route.status === 'missing')
  const full = state.sockets.filter(isFull)
  const victims = new Map(
    full.map((socket) => [socket.key, missing.filter((vm) => isServedBy(vm, state.taps, socket))]),
  )
  const others = missing.filter((vm) => ![...victims.values()].some((list) => list.includes(vm)))
  const view = { state, report, surroundings, senders: readSenders(report), listeners: readListeners(report) }
  const findings = [
    ...state.sockets.flatMap((socket) => findAtSocket(socket, victims.get(socket.key) ?? [], view)),
    ...findRefused(view),
    ...findAtVms(others, view),
    ...findAtTaps(new Set(missing.flatMap((vm) => vm.tapKeys)), full, view),
    ...findSmallLimit(report),
    ...findUnseen(state, report, surroundings),
  ]
  return findings.toSorted((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level))
}

/** What findings are made of. */
type View = {
  readonly state: HypervisorState
  readonly report: Report
  readonly surroundings: Surroundings
  /** By pid. */
  readonly senders: ReadonlyMap<number, SenderReport>
  /** The interface on which the sender hears a tap, by the tap's key. */
  readonly listeners: ReadonlyMap<string, string>
}

function readSenders({ namespaces }: Report): Map<number, SenderReport> {
  return new Map(namespaces.flatMap(({ senders }) => senders.map((sender) => [sender.pid, sender] as const)))
}

function readListeners({ namespaces }: Report): Map<string, string> {
  return new Map(
    namespaces.flatMap(({ id, taps }) =>
      taps.flatMap(({ ifindex, listener }) => (listener == null ? [] : [[`${id}:${ifindex}`, listener] as const])),
    ),
  )
}

const LEVELS: readonly Finding['level'][] = ['broken', 'at-risk', 'unknown', 'note']

/** Core's verdict on one socket, without the socket's name: doctor prints the name beside the verdict. */
export function judgeSocket(socket: SocketState, at: number): { status: HypervisorState['status']; reason: string } {
  const { status, reason } = judgeHypervisor({
    sockets: [socket],
    taps: 0,
    sendersUnreadable: null,
    socketless: new Set(),
    abandoned: null,
    at,
  })
  return { status, reason: reason.replace(` (${nameSocket(socket)})`, '') }
}

function findAtSocket(socket: SocketState, victims: readonly VmState[], view: View): Finding[] {
  const { state, surroundings } = view
  const { status, reason } = judgeSocket(socket, state.observedAt)
  const level = levelOf(status)
  const subject = nameSocket(socket)
  if (level === 'healthy') {
    const problem = 'the executable was replaced, and the daemon still runs the old one'
    return socket.executableDeleted
      ? [
          {
            level: 'note',
            subject,
            problem,
            cause: null,
            steps: stepsForSocket(socket, surroundings, isRefused(socket, view)),
          },
        ]
      : []
  }
  if (level === 'unknown')
    return [
      {
        level,
        subject,
        problem: reason,
        cause: null,
        steps: isTooSmall(view.report) ? [RAISE] : [seeMore(surroundings.isRoot)],
      },
    ]
  const dark =
    victims.length === 0
      ? ''
      : `; ${names(victims.map(({ name }) => name))} ${victims.length === 1 ? 'has' : 'have'} no ::/0`
  return [
    {
      level,
      subject,
      problem: `${reason}${dark}`,
      cause: causeOf(socket),
      steps: stepsForSocket(socket, surroundings, isRefused(socket, view)),
    },
  ]
}

function causeOf(socket: SocketState): string | null {
  const { staleMemberships: stale, daemon } = socket
  if (stale === null) return null
  if (stale === 0)
    return `no leak: all ${socket.liveMemberships ?? ''} memberships are live, and the limit is too low for so many taps`
  return `a leak: ${daemon} stays a member on each deleted tap, and the kernel keeps the membership until the socket closes`
}

function isRefused({ pid }: SocketState, { senders }: View): boolean {
  return senders.get(pid)?.configurationError != null
}

/** A sender whose next start or reload fails: so far it runs with what it has loaded. */
function findRefused({ state, senders, surroundings }: View): Finding[] {
  return [...senders.values()].flatMap(({ pid, daemon, configurationError }): Finding[] => {
    const socket = state.sockets.find((one) => one.pid === pid)
    if (configurationError == null || socket === undefined) return []
    return [
      {
        level: 'at-risk',
        subject: nameSocket(socket),
        problem: `${daemon} refuses its configuration: ${configurationError}`,
        cause: `a reload, a restart or a reboot ends ${daemon}, and then every VM that it serves loses ::/0`,
        steps: [checkStep(socket, surroundings)],
      },
    ]
  })
}

function findAtVms(missing: readonly VmState[], view: View): Finding[] {
  const { state } = view
  const byCause = Map.groupBy(
    missing,
    ({ route, tapKeys }) => route.cause ?? [...new Set(tapKeys.map((key) => tapOf(state, key)?.status))].join(),
  )
  return [...byCause.values()].map((vms) => {
    const [first] = vms
    const tap = first?.tapKeys
      .map((key) => tapOf(state, key))
      .find((one) => one !== undefined && one.status !== 'served')
    const shown = tap ?? state.taps.find(({ key }) => first?.tapKeys.includes(key))
    return {
      level: 'broken',
      subject: names(vms.map(({ name }) => name)),
      problem: `no ::/0${first?.route.reason == null ? '' : `: ${first.route.reason}`}`,
      cause:
        first?.route.cause ??
        (shown?.status === 'served' ? 'nothing on this machine explains the missing route: look in the guest' : null),
      steps: shown === undefined ? [] : tapSteps(shown, view),
    }
  })
}

/**
 * Taps of VMs without a route belong to the findings of these VMs, and taps behind a full socket to the
 * socket's finding.
 */
function findAtTaps(told: ReadonlySet<string>, full: readonly SocketState[], view: View): Finding[] {
  const { state, surroundings } = view
  const crowded = new Set(full.map(({ namespaceId }) => namespaceId))
  const odd = state.taps.filter((tap) => !told.has(tap.key) && !crowded.has(tap.namespaceId) && ODD.has(tap.status))
  const groups = Map.groupBy(odd, (tap) => `${tap.namespaceId} ${tap.status} ${tap.vmKey === null}`)
  const unserved = [...groups.values()].flatMap((taps): Finding[] => {
    const [first] = taps
    if (first === undefined) return []
    // A tap without a VM may be anything, and a missing daemon is right if OVN answers.
    const hadNone = first.status === 'no-sender' && !taps.some(({ routerAdvertsOut }) => (routerAdvertsOut ?? 0) > 0)
    const level = first.vmKey === null || hadNone ? 'note' : 'at-risk'
    return [
      {
        level,
        subject: names(taps.map(({ name }) => name)),
        problem: first.statusReason,
        cause: null,
        steps: tapSteps(first, view),
      },
    ]
  })
  const closed = state.taps.filter((tap) => tap.up && tap.forwarding === false && tap.status === 'served')
  if (closed.length === 0) return unserved
  const cause =
    'guests drop a router whose neighbour advertisements lack the router flag, and the kernel sets the flag only if forwarding is on'
  const steps = stepForForwarding(closed, state.sockets, surroundings)
  return [
    ...unserved,
    { level: 'note', subject: names(closed.map(({ name }) => name)), problem: 'forwarding is off here', cause, steps },
  ]
}

const ODD = new Set(['not-joined', 'unanswered-solicitations', 'sends-blocked', 'no-sender'])

/** What was not seen and may be broken. An unmeasured socket has its own finding. */
function findUnseen(state: HypervisorState, report: Report, { isRoot }: Surroundings): Finding[] {
  const failed = report.runs.filter(
    (run) => run.outcome === 'failed' && mayHide(run.probe, 'senders', 'taps', 'headroom') && !saysTooSmall(run),
  )
  // Core's reason is one of the failures, or a sender without a socket.
  const unmeasured =
    failed.length === 0 && !isTooSmall(report) && state.sockets.length === 0 && state.status === 'not-measurable'
      ? [state.statusReason]
      : []
  const reasons = [...unmeasured, ...failed.map(({ probe, error }) => `${probe}: ${error ?? 'no reason was given'}`)]
  if (reasons.length === 0) return []
  return [
    {
      level: 'unknown',
      subject: 'some things could not be seen',
      problem: reasons.join('; '),
      cause: null,
      steps: [seeMore(isRoot)],
    },
  ]
}

/** A limit below one membership fails every join, and the size of a membership cannot be measured. */
function findSmallLimit(report: Report): Finding[] {
  if (!isTooSmall(report)) return []
  return [{ level: 'broken', subject: 'option memory', problem: LIMIT_TOO_SMALL, cause: null, steps: [RAISE] }]
}

function isTooSmall({ runs }: Report): boolean {
  return runs.some(saysTooSmall)
}

function saysTooSmall({ error }: ProbeRun): boolean {
  return error?.includes(LIMIT_TOO_SMALL) === true
}

const RAISE: Step = {
  action: 'raise-limit',
  command: 'sysctl -w net.core.optmem_max=131072',
  why: 'makes room at once, without a restart; add the setting to /etc/sysctl.d to keep it after a reboot',
}

function seeMore(isRoot: boolean): Step {
  return say(
    isRoot
      ? 'root is blocked too: look for a container around this process or a security module (see dmesg)'
      : 'run doctor as root, who sees everything that the kernel shows; the abilities below say what each right adds',
  )
}

/** The severity of core's verdict. */
function levelOf(status: HypervisorState['status']): Status {
  switch (status) {
    case 'healthy':
      return 'healthy'
    case 'leaking':
    case 'at-risk':
      return 'at-risk'
    case 'joins-blocked':
    case 'no-sender':
    case 'sends-blocked':
      return 'broken'
    case 'not-measurable':
    case 'silent':
      return 'unknown'
    default:
      return status satisfies never
  }
}

/** Whether the VM has an unserved tap in the namespace of this socket's sender. */
function isServedBy(vm: VmState, taps: readonly TapState[], socket: SocketState): boolean {
  return taps.some(
    (tap) => vm.tapKeys.includes(tap.key) && tap.namespaceId === socket.namespaceId && tap.status !== 'served',
  )
}

function tapSteps(tap: TapState, view: View): Step[] {
  const { state, surroundings, senders, listeners } = view
  const socket = state.sockets.find(({ namespaceId }) => namespaceId === tap.namespaceId)
  const listener = listeners.get(tap.key) ?? tap.name
  const sender = socket && senders.get(socket.pid)
  return stepsForTap(
    {
      tap,
      socket,
      listener,
      configured: sender?.configuration?.interfaces.some(({ name }) => name === listener) ?? null,
      refused: sender?.configurationError != null,
    },
    surroundings,
  )
}

function tapOf({ taps }: HypervisorState, key: string): TapState | undefined {
  return taps.find((tap) => tap.key === key)
}

function names(list: readonly string[]): string {
  const shown = list.slice(0, SHOWN).join(', ')
  return list.length > SHOWN ? `${shown} and ${list.length - SHOWN} more` : shown
}

const SHOWN = 8
