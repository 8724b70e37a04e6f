import { judgeHypervisor, nameSocket } from '@slashzero/core'
import type { HypervisorState, SocketState, TapState, VmState } from '@slashzero/core'
import type { Report } from '@slashzero/contract/report'
import type { Finding, Status, Step } from './diagnosis.ts'
import { stepsForTap, stepsForSocket } from './give-steps.ts'
import type { Surroundings } from './give-steps.ts'

/** Everything that is not as it should be, worst first. What one cause explains is one finding. */
export function findFindings(state: HypervisorState, report: Report, surroundings: Surroundings): Finding[] {
  const missing = state.vms.filter(({ route }) => route.status === 'missing')
  const full = state.sockets.filter((socket) => socket.sendsBlocked === true || socket.joinsLeft === 0)
  const victims = new Map(
    full.map((socket) => [socket.key, missing.filter((vm) => isServedBy(vm, state.taps, socket))]),
  )
  const others = missing.filter((vm) => ![...victims.values()].some((list) => list.includes(vm)))
  const findings = [
    ...state.sockets.flatMap((socket) => findAtSocket(socket, state, victims.get(socket.key) ?? [], surroundings)),
    ...findAtVms(others, state, surroundings),
    ...findAtTaps(state, new Set(missing.flatMap((vm) => vm.tapKeys)), full, surroundings),
    ...findUnseen(state, report, surroundings),
  ]
  return findings.toSorted((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level))
}

const LEVELS: readonly Finding['level'][] = ['broken', 'at-risk', 'unknown', 'note']

/** What core says of one socket by itself, without the name of the socket, which stands beside it here. */
export function judgeSocket(socket: SocketState, at: number): { status: HypervisorState['status']; reason: string } {
  const { status, reason } = judgeHypervisor({
    sockets: [socket],
    taps: 0,
    sendersUnreadable: null,
    socketless: new Set(),
    at,
  })
  return { status, reason: reason.replace(` (${nameSocket(socket)})`, '') }
}

function findAtSocket(
  socket: SocketState,
  state: HypervisorState,
  victims: readonly VmState[],
  surroundings: Surroundings,
): Finding[] {
  const { status, reason } = judgeSocket(socket, state.observedAt)
  const level = levelOf(status)
  const subject = nameSocket(socket)
  if (level === 'healthy') {
    const problem = 'its executable was replaced, and it still runs the old one'
    return socket.executableDeleted
      ? [{ level: 'note', subject, problem, cause: null, steps: stepsForSocket(socket, surroundings) }]
      : []
  }
  if (level === 'unknown')
    return [{ level, subject, problem: reason, cause: null, steps: [seeMore(surroundings.isRoot)] }]
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
      steps: stepsForSocket(socket, surroundings),
    },
  ]
}

function causeOf(socket: SocketState): string | null {
  const { staleMemberships: stale, daemon } = socket
  if (stale === null) return null
  if (stale === 0)
    return `its taps are many, not leaked: all ${socket.liveMemberships ?? ''} memberships are live, and the limit is too low for them`
  return `a leak: ${daemon} stays a member on each tap that is deleted, and the kernel keeps that membership till the socket closes`
}

function findAtVms(missing: readonly VmState[], state: HypervisorState, surroundings: Surroundings): Finding[] {
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
        (shown?.status === 'served' ? 'nothing on this machine explains it: look in the guest' : null),
      steps: shown === undefined ? [] : tapSteps(shown, state, surroundings),
    }
  })
}

/**
 * Taps of VMs that are known to be dark are told with those, and taps without a sender's socket with room with
 * that.
 */
function findAtTaps(
  state: HypervisorState,
  told: ReadonlySet<string>,
  full: readonly SocketState[],
  surroundings: Surroundings,
): Finding[] {
  const crowded = new Set(full.map(({ namespaceId }) => namespaceId))
  const odd = state.taps.filter((tap) => !told.has(tap.key) && !crowded.has(tap.namespaceId) && ODD.has(tap.status))
  const groups = Map.groupBy(odd, (tap) => `${tap.namespaceId} ${tap.status} ${tap.vmKey === null}`)
  const unserved = [...groups.values()].flatMap((taps): Finding[] => {
    const [first] = taps
    if (first === undefined) return []
    // A tap that no VM was seen behind may be anything, and a missing daemon is right where OVN answers.
    const level = first.vmKey === null || first.status === 'no-sender' ? 'note' : 'at-risk'
    return [
      {
        level,
        subject: names(taps.map(({ name }) => name)),
        problem: first.statusReason,
        cause: null,
        steps: tapSteps(first, state, surroundings),
      },
    ]
  })
  const closed = state.taps.filter((tap) => tap.up && tap.forwarding === false && tap.status === 'served')
  if (closed.length === 0) return unserved
  const cause =
    'guests drop a router whose neighbour advertisements lack the router flag, which the kernel sets with forwarding alone'
  const steps: Step[] = [
    {
      command: 'sysctl -w net.ipv6.conf.all.forwarding=1',
      why: 'in the namespace of the taps; sets it on each of them',
    },
  ]
  return [
    ...unserved,
    { level: 'note', subject: names(closed.map(({ name }) => name)), problem: 'forwarding is off here', cause, steps },
  ]
}

const ODD = new Set(['not-joined', 'unanswered-solicitations', 'sends-blocked', 'no-sender'])

/** What was not seen and might be broken. A socket that was not measured has a finding of its own. */
function findUnseen(state: HypervisorState, report: Report, { isRoot }: Surroundings): Finding[] {
  const failed = report.runs.filter(({ probe, outcome }) => outcome === 'failed' && DECISIVE.has(probe))
  // Core's reason is one of the failures, or that a sender's socket was not found.
  const unmeasured =
    failed.length === 0 && state.sockets.length === 0 && state.status === 'not-measurable' ? [state.statusReason] : []
  const reasons = [...unmeasured, ...failed.map(({ probe, error }) => `${probe}: ${error ?? 'no reason was given'}`)]
  if (reasons.length === 0) return []
  return [
    {
      level: 'unknown',
      subject: 'not all could be seen',
      problem: reasons.join('; '),
      cause: null,
      steps: [seeMore(isRoot)],
    },
  ]
}

/** Probes without which a sender, or a tap, can be overlooked. */
const DECISIVE = new Set(['membership-size', 'processes', 'namespaces', 'links', 'limit', 'senders', 'optmem'])

function seeMore(isRoot: boolean): Step {
  if (!isRoot) {
    const why = 'sees everything that the kernel shows to root; the abilities below say what each right adds'
    return { command: 'sudo slashzero-collector doctor', why }
  }
  return {
    command: null,
    why: 'root may not see it: look for what keeps it from that, such as a container that this runs in or a security module (dmesg tells)',
  }
}

/** How bad a verdict of core's is. */
function levelOf(status: HypervisorState['status']): Status {
  switch (status) {
    case 'healthy':
      return 'healthy'
    case 'leaking':
    case 'at-risk':
      return 'at-risk'
    case 'joins-blocked':
    case 'sends-blocked':
      return 'broken'
    case 'not-measurable':
    case 'silent':
      return 'unknown'
    default:
      return status satisfies never
  }
}

/** Whether a VM has a tap that this socket's sender should serve and no other does. */
function isServedBy(vm: VmState, taps: readonly TapState[], socket: SocketState): boolean {
  return taps.some(
    (tap) => vm.tapKeys.includes(tap.key) && tap.namespaceId === socket.namespaceId && tap.status !== 'served',
  )
}

function tapSteps(tap: TapState, state: HypervisorState, surroundings: Surroundings): Step[] {
  return stepsForTap(
    tap,
    state.sockets.find(({ namespaceId }) => namespaceId === tap.namespaceId),
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
