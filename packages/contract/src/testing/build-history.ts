import type { NamespaceReport, ProbeRun, Report, RouteCheckReport, TapReport } from '../report/index.ts'
import { buildCheck, buildNamespace, buildReport, buildSender, buildSocket, buildTap, instant } from './build-report.ts'

const INTERVAL_SECONDS = 15

/**
 * The reports of a host in the order observed: VMs start, stop and lose routes, counters rise, the sender leaks and
 * restarts, probes fail, namespaces come and go, and the host reboots. `random`: from 0 to below 1.
 */
export function buildHistory(random: () => number, reports: number): Report[] {
  const chance = (of: number) => random() < of
  const history: Report[] = []
  let [boot, sequence, pid, lastTap] = [1, 0, 900, 0]
  let stale: number[] = []
  let taps: TapReport[] = []

  function start(): void {
    lastTap += 1
    taps.push(buildTap(lastTap, chance(0.1) ? { vm: null } : {}))
  }

  function live(): void {
    if (taps.length < 12 && chance(0.5)) start()
    if (chance(0.2)) {
      const [gone] = taps.splice(Math.floor(random() * taps.length), 1)
      if (gone !== undefined) stale.push(gone.ifindex)
    }
    taps = taps.map((tap) => (chance(0.3) ? changeTap(tap) : tap))
    if (chance(0.05)) taps.reverse()
    if (chance(0.08)) [pid, stale] = [pid + 1, []]
    if (chance(0.03)) [boot, sequence, taps, stale] = [boot + 1, 0, [], []]
  }

  function changeTap(tap: TapReport): TapReport {
    const rise = (counter: number | null) => (counter === null || chance(0.05) ? null : counter + 1)
    const changed = { ...tap, routerAdvertsOut: rise(tap.routerAdvertsOut ?? 0), up: !chance(0.1) }
    if (chance(0.2)) changed.routerSolicitsIn = rise(tap.routerSolicitsIn)
    if (chance(0.1)) changed.allRoutersUsers = chance(0.5) ? 1 : 2
    if (chance(0.1)) delete changed.ipv6Disabled
    else if (chance(0.15)) changed.ipv6Disabled = chance(0.3)
    return changed
  }

  function describe(seconds: number): Report {
    const radvd = buildSender({
      pid,
      sockets: [
        buildSocket({
          inode: pid * 10,
          optmemBytes: 56 * (taps.length + stale.length),
          staleInterfaceIndexes: [...stale],
        }),
      ],
    })
    const namespaces: NamespaceReport[] = [buildNamespace({ senders: chance(0.05) ? [] : [radvd], taps: [...taps] })]
    if (chance(0.3))
      namespaces.push(buildNamespace({ id: 2, name: 'qrouter-2', senders: [], taps: [buildTap(500, { vm: null })] }))
    return buildReport(seconds, {
      sequence,
      host: { bootId: `00000000-0000-4000-8000-${String(boot).padStart(12, '0')}` },
      membershipBytes: chance(0.05) ? null : 56,
      namespaces,
      ...(chance(0.05) ? { unreadNamespaces: [{ id: 2, name: null, reason: 'denied' }] } : {}),
      routeChecks: taps.flatMap((tap) => (tap.vm === null || chance(0.1) ? [] : [check(tap.vm, seconds)])),
      runs: ['optmem', 'links', 'guest-routes'].map(run),
    })
  }

  function check({ name, uuid }: RouteCheckReport['vm'], seconds: number): RouteCheckReport {
    const seen = buildCheck(0, { vm: { name, uuid }, checkedAt: instant(seconds - Math.floor(random() * 2000) / 1000) })
    if (chance(0.8)) return { ...seen, expiresInSeconds: 1800 - Math.floor(random() * 400) }
    const defaultRoute = chance(0.5) ? 'absent' : 'unknown'
    return {
      ...seen,
      defaultRoute,
      reason: defaultRoute === 'absent' ? null : 'no agent',
      gateway: null,
      expiresInSeconds: null,
    }
  }

  function run(probe: string): ProbeRun {
    const milliseconds = Math.round(random() * 100) / 10
    return chance(0.05)
      ? { probe, outcome: 'failed', milliseconds, error: 'denied' }
      : { probe, outcome: 'ok', milliseconds, error: null }
  }

  for (let index = 0; index < 6; index += 1) start()
  for (let index = 0; index < reports; index += 1) {
    live()
    sequence += 1
    history.push(describe(index * INTERVAL_SECONDS))
  }
  return history
}

/** A generator of numbers from 0 to below 1; the same seed gives the same numbers (mulberry32). */
export function createSeededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
