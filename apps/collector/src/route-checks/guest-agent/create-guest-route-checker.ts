import { messageOf } from '@slashzero/contract/report'
import type { RouteCheckReport } from '@slashzero/contract/report'
import { unknownRoute } from '@slashzero/route-table'
import type { DefaultRoute } from '@slashzero/route-table'
import { systemSleep } from '../../clock.ts'
import { toRouteCheck } from '../route-checker.ts'
import { findHeldSockets } from './find-held-sockets.ts'
import type { GuestRouteChecker, GuestRouteCheckerOptions, GuestVm } from './guest-route-checker.ts'
import { createLibvirtAgents } from './libvirt/create-libvirt-agents.ts'
import type { Domain } from './libvirt/create-libvirt-agents.ts'
import { createLane } from './limit-concurrency.ts'
import { HELD_REASON, openConversation } from './conversation/open-conversation.ts'
import type { Conversation } from './conversation/open-conversation.ts'
import { readGuestRoute } from './read-guest-route.ts'
import type { AgentMemory } from './read-guest-route.ts'
import { splitRoot } from './conversation/split-root.ts'

const MAX_BACK_OFF = 120_000
const LOOK_MILLISECONDS = 100
/** The call waits so much longer than the deadline of a VM, so that a late VM is reported as late. */
const GRACE_MILLISECONDS = 100
/**
 * Workers of libvirt (max_workers is 20) that may wait for guests that answered before; as many may wait for other
 * guests.
 */
const LIBVIRT_PLACES = 4

type Guest = {
  report: RouteCheckReport | null
  /** Monotonic time of the next check, in milliseconds. */
  notBefore: number
  failures: number
  underWay: boolean
  memory: AgentMemory
}

/**
 * Checks VMs through their guest agents, many at once, each with its own interval. VMs without a successful last check
 * wait in a separate queue, so that agents that hang take no place from agents that answer.
 */
export function createGuestRouteChecker(options: GuestRouteCheckerOptions): GuestRouteChecker {
  const { deadlineMilliseconds, clock } = options
  const { intervalMilliseconds = 12_000, concurrency = 32, sleep = systemSleep } = options
  const lanes = {
    direct: { proven: createLane(concurrency), unproven: createLane(concurrency) },
    libvirt: { proven: createLane(LIBVIRT_PLACES), unproven: createLane(LIBVIRT_PLACES) },
  }
  const libvirt = createLibvirtAgents(deadlineMilliseconds, clock, options.libvirtSockets)
  const conversations = new Set<AbortController>()
  let guests = new Map<string, Guest>()
  /** Of VMs in containers. */
  let roots: string[] = []
  let looking: Promise<ReadonlySet<string>> | null = null

  async function check(vms: readonly GuestVm[], patience?: AbortSignal): Promise<RouteCheckReport[]> {
    guests = new Map(vms.map((vm) => [keyOf(vm), guests.get(keyOf(vm)) ?? createGuest()]))
    const shared = findShared(vms)
    const due = vms.filter((vm) => vm.agentSocketPath !== null && isDue(guestOf(vm)))
    // Set before the first await, so that an overlapping call does not start the same check again.
    for (const vm of due) guestOf(vm).underWay = true
    roots = due.flatMap(({ agentSocketPath }) => splitRoot(agentSocketPath ?? '').root ?? [])
    const held = due.length > 0 ? await findHeldSockets(roots) : new Set<string>()
    const hasLibvirt = due.length > 0 && libvirt.isThere()
    const checks = due.map(async (vm) => {
      const choose = (sockets: ReadonlySet<string>) => chooseWay(vm, shared, sockets, hasLibvirt)
      return checkGuest(vm, guestOf(vm), await awaitTurn(guestOf(vm), choose(held), choose))
    })
    const enough = new AbortController()
    const waiting = AbortSignal.any([enough.signal, ...(patience === undefined ? [] : [patience])])
    await Promise.race([Promise.all(checks), sleep(deadlineMilliseconds + GRACE_MILLISECONDS, waiting)])
    enough.abort()
    return vms.map(
      (vm) => guestOf(vm).report ?? toRouteCheck(vm, 'guest-agent', unknownRoute(pendingReason(vm)), clock.steady()),
    )
  }

  function guestOf(vm: GuestVm): Guest {
    return guests.get(keyOf(vm)) ?? createGuest()
  }

  function isDue(guest: Guest): boolean {
    return !guest.underWay && clock.monotonic() >= guest.notBefore
  }

  /**
   * Waits for another client to leave the agent: `doctor` and the service ask the same agents, each for a moment. A
   * client that stays costs the wait once.
   */
  async function awaitTurn({ report }: Guest, first: Way, choose: (held: ReadonlySet<string>) => Way): Promise<Way> {
    let way = first
    let looks = report?.reason === HELD_REASON ? 0 : deadlineMilliseconds / 2 / LOOK_MILLISECONDS
    for (; looks > 0 && isHeld(way); looks -= 1) way = choose(await lookAgain())
    return way
  }

  /** One look for all guests that wait. */
  async function lookAgain(): Promise<ReadonlySet<string>> {
    looking ??= systemSleep(LOOK_MILLISECONDS)
      .then(() => findHeldSockets(roots))
      .finally(() => {
        looking = null
      })
    return looking
  }

  async function checkGuest(vm: GuestVm, guest: Guest, way: Way): Promise<void> {
    const startedAt = clock.monotonic()
    const { report } = guest
    const lane = report !== null && report.defaultRoute !== 'unknown' ? 'proven' : 'unproven'
    const route = 'obstacle' in way ? unknownRoute(way.obstacle) : await lanes[way.by][lane](() => converse(way, guest))
    guest.underWay = false
    guest.report = toRouteCheck(vm, 'guest-agent', route, clock.steady())
    // A held socket is looked at in every call, because the look is cheap and shows the release at once.
    if ('obstacle' in way) return
    guest.failures = route.state === 'unknown' ? guest.failures + 1 : 0
    guest.notBefore = startedAt + Math.min(MAX_BACK_OFF, intervalMilliseconds * 2 ** guest.failures)
  }

  async function converse(way: Passable, guest: Guest): Promise<DefaultRoute> {
    const deadline = new AbortController()
    void sleep(deadlineMilliseconds, deadline.signal).then(() => deadline.abort())
    conversations.add(deadline)
    const talk = async (agent: Conversation): Promise<DefaultRoute> => readGuestRoute(agent, guest.memory)
    try {
      if (way.by === 'libvirt') return await libvirt.converse(way.domain, deadline.signal, talk)
      return await openConversation(way.path, deadline.signal, talk)
    } catch (error) {
      guest.memory = createMemory()
      return unknownRoute(messageOf(error))
    } finally {
      deadline.abort()
      conversations.delete(deadline)
    }
  }

  function close(): void {
    for (const conversation of conversations) conversation.abort()
    libvirt.close()
  }

  return { check, close }
}

/** A VM that was started again is another guest. */
function keyOf({ name, uuid, pid, agentSocketPath }: GuestVm): string {
  return JSON.stringify([name, uuid, pid, agentSocketPath])
}

function findShared(vms: readonly GuestVm[]): ReadonlySet<string | null> {
  const paths = vms.map((vm) => vm.agentSocketPath)
  return new Set(paths.filter((path, index) => paths.indexOf(path) !== index))
}

type Passable = { by: 'direct'; path: string } | { by: 'libvirt'; domain: Domain }
type Way = Passable | { obstacle: string }

/**
 * QEMU accepts one client, and while an agent runs libvirt is this client, so libvirt is asked. Without an agent,
 * libvirt's sockets stay free too: libvirt connects when an agent starts, and would log an error for each question.
 */
function chooseWay(
  vm: GuestVm,
  shared: ReadonlySet<string | null>,
  held: ReadonlySet<string>,
  hasLibvirt: boolean,
): Way {
  const { name, uuid } = vm
  const path = vm.agentSocketPath ?? ''
  if (shared.has(path)) return { obstacle: 'several VMs name the same agent socket' }
  // The libvirt of this host does not know VMs in containers.
  const isOurs = hasLibvirt && splitRoot(path).root === null
  if (held.has(path))
    return isOurs && uuid !== null ? { by: 'libvirt', domain: { name, uuid } } : { obstacle: HELD_REASON }
  return isOurs && path.includes('/libvirt/') ? { obstacle: IDLE_REASON } : { by: 'direct', path }
}

const IDLE_REASON = 'libvirt is not connected to an agent: the guest runs no agent, or libvirt does not run'

function isHeld(way: Way): boolean {
  return 'obstacle' in way && way.obstacle === HELD_REASON
}

function createGuest(): Guest {
  return { report: null, notBefore: -Infinity, failures: 0, underWay: false, memory: createMemory() }
}

function createMemory(): AgentMemory {
  return { givesRoutes: null, osId: null }
}

function pendingReason(vm: GuestVm): string {
  return vm.agentSocketPath === null ? 'the VM has no guest agent socket' : 'the first check has not ended yet'
}
