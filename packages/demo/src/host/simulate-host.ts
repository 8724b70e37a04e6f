import type { NamespaceReport, Probe, ProbeRun, Report, SocketReport, TapReport } from '@slashzero/contract/report'
import { checkGuest } from './check-guest.ts'
import { createRandom, type Random } from '../fleet/create-random.ts'
import type { HostPlan } from '../fleet/plan-host.ts'
import { advertsOf, type SimulatedSegment, type SimulatedTap, simulateSegment, solicitsOf } from './simulate-segment.ts'

/** A simulated hypervisor. */
export type SimulatedHost = {
  readonly plan: HostPlan
  /**
   * What its collector observes at `observedAt` and sends at `sentAt` (milliseconds since the epoch). Times of
   * observation must not fall from one call to the next.
   */
  readonly observe: (observedAt: number, sentAt?: number) => Report
}

/** Starts the host of `plan` at `from` (milliseconds since the epoch). The same calls give the same reports. */
export function simulateHost(plan: HostPlan, from: number): SimulatedHost {
  const segments = plan.segments.map((segment) => simulateSegment(plan, segment, from))
  let latest = from
  return {
    plan,
    observe(observedAt, sentAt = observedAt) {
      if (observedAt < latest)
        throw new RangeError(`${plan.name} was observed at ${latest} and cannot be at ${observedAt} again.`)
      latest = observedAt
      for (const segment of segments) segment.advance(observedAt)
      return describeHost(plan, segments, observedAt, sentAt)
    },
  }
}

function describeHost(
  plan: HostPlan,
  segments: readonly SimulatedSegment[],
  observedAt: number,
  sentAt: number,
): Report {
  const random = createRandom(plan.hostId, 'pass', observedAt)
  const taps = segments.flatMap((segment) => [...segment.taps.values()])
  return {
    version: 1,
    sequence: Math.floor(observedAt / 1000),
    observedAt: new Date(observedAt).toISOString(),
    sentAt: new Date(sentAt).toISOString(),
    host: {
      id: plan.hostId,
      bootId: plan.bootId,
      name: plan.name,
      kernel: plan.kernel.release,
      collectorVersion: '0.1.0',
      labels: { site: plan.site },
    },
    membershipBytes: plan.kernel.unit,
    namespaces: segments.map((segment) => describeNamespace(plan, segment, observedAt)),
    routeChecks: taps.map((tap) => checkGuest(tap, Math.max(observedAt - random.integer(20, 1500), tap.startedAt))),
    runs: describeRuns(plan, taps.length, random),
  }
}

function describeNamespace(host: HostPlan, segment: SimulatedSegment, at: number): NamespaceReport {
  const { plan, sender, taps } = segment
  return {
    id: plan.namespaceId,
    name: plan.namespaceName,
    optmemMaxBytes: host.kernel.limit,
    optmemMaxSource: host.kernel.limitSource,
    joinedInterfaces: [...taps.values()].filter(({ joined }) => joined).length,
    senders: [
      {
        daemon: plan.daemon,
        version: plan.version,
        pid: sender.pid,
        startedAt: new Date(sender.startedAt).toISOString(),
        executableDeleted: plan.executableDeletedFrom !== null && at >= plan.executableDeletedFrom,
        sockets: [describeSocket(host, segment)],
      },
    ],
    taps: [...taps.values()].map((tap) => describeTap(tap, at)),
  }
}

function describeSocket(host: HostPlan, { sender }: SimulatedSegment): SocketReport {
  if (host.unmeasuredReason !== null) {
    const { unmeasuredReason } = host
    return {
      inode: sender.inode,
      optmemBytes: null,
      method: null,
      unmeasuredReason,
      receiveDrops: 0,
      staleInterfaceIndexes: null,
    }
  }
  return {
    inode: sender.inode,
    optmemBytes: sender.memberships * host.kernel.unit,
    method: host.kernel.method,
    unmeasuredReason: null,
    receiveDrops: 0,
    staleInterfaceIndexes: host.kernel.enumerates ? [...sender.stale] : null,
  }
}

function describeTap(tap: SimulatedTap, at: number): TapReport {
  const sent = advertsOf(tap, at).sent
  return {
    ifindex: tap.ifindex,
    name: tap.name,
    kind: 'tap',
    up: true,
    forwarding: true,
    ipv6Disabled: false,
    linkLocals: [{ address: tap.gateway, state: 'usable' }],
    // With forwarding on, the kernel itself is a user of the group.
    allRoutersUsers: tap.joined ? 2 : 1,
    routerSolicitsIn: solicitsOf(tap, at),
    // A host also counts its own multicast advertisements as received.
    routerAdvertsIn: sent,
    routerAdvertsOut: sent,
    vm: { ...tap.vm },
  }
}

function describeRuns(plan: HostPlan, taps: number, random: Random): ProbeRun[] {
  const run = (probe: Probe, milliseconds: number): ProbeRun => ({
    probe,
    outcome: 'ok',
    milliseconds: Math.round(milliseconds * (80 + random.next() * 60)) / 100,
    error: null,
  })
  const optmem = run('optmem', 1.4)
  return [
    run('membership-size', 0.2),
    run('namespaces', 3),
    run('processes', 6),
    run('senders', 0.5),
    plan.unmeasuredReason === null ? optmem : { ...optmem, outcome: 'failed', error: plan.unmeasuredReason },
    run('links', 0.3),
    run('counters', 0.03 * taps),
    run('vms', 0.2 * taps),
    run('guest-routes', 20 + 3 * taps),
  ]
}
