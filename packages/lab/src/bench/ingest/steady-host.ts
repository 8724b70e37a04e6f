import type { Report, RouteCheckReport, TapReport } from '@slashzero/contract/report'
import { createRandom, type HostPlan, simulateHost } from '@slashzero/demo'

const SECOND = 1000
/** A tap has an advertisement about every 400 s, and a pass is 15 s. */
const ADVERTS_PER_PASS = 15 / 400
/** Two VMs start or stop a minute. */
const CHANGES_PER_PASS = 0.5
const ROUTER_LIFETIME = 1800 * SECOND

/** A host that works for long without an event except that VMs start and stop. */
export type SteadyHost = {
  readonly report: Report
  /** When each tap last had an advertisement, in the order of the taps; milliseconds since the epoch. */
  readonly advertisedAt: readonly number[]
}

/** The host of `plan`, which has one namespace, at its first pass. */
export function startSteadyHost(plan: HostPlan, at: number): SteadyHost {
  const report = simulateHost(plan, at).observe(at)
  return { report, advertisedAt: report.routeChecks.map(() => at) }
}

/**
 * The host at its next pass. The facts change as in 15 s of the field, however soon `at` follows. What did not change
 * is the same object as before. The same input gives the same host.
 */
export function passOn({ report, advertisedAt: before }: SteadyHost, at: number): SteadyHost {
  const [space] = report.namespaces
  const [sender] = space?.senders ?? []
  const [socket] = sender?.sockets ?? []
  if (!space || !sender || !socket) throw new Error('A steady host has a namespace with a sender and a socket.')
  const random = createRandom(report.host.id, report.sequence)
  let advertisedAt = before.map((time) => (random.next() < ADVERTS_PER_PASS ? at : time))
  let taps = space.taps.map((tap, place) => (advertisedAt[place] === at ? countAdvert(tap) : tap))
  let checks: readonly RouteCheckReport[] = report.routeChecks
  if (random.next() < CHANGES_PER_PASS) {
    const fewest = report.sequence % 2 === 0
    if (fewest && taps.length > 1) {
      const gone = random.integer(0, taps.length - 1)
      taps = taps.filter((_, place) => place !== gone)
      checks = checks.filter((_, place) => place !== gone)
      advertisedAt = advertisedAt.filter((_, place) => place !== gone)
    } else {
      const tap = startTap(taps.at(-1) ?? space.taps[0], random)
      taps = [...taps, tap]
      checks = [...checks, startCheck(checks, tap)]
      advertisedAt = [...advertisedAt, at]
    }
  }
  const optmemBytes = report.membershipBytes === null ? socket.optmemBytes : taps.length * report.membershipBytes
  const isAlike = taps.length === space.taps.length
  const senders = isAlike ? space.senders : [{ ...sender, sockets: [{ ...socket, optmemBytes }] }]
  return {
    advertisedAt,
    report: {
      ...report,
      sequence: report.sequence + 1,
      observedAt: new Date(at).toISOString(),
      sentAt: new Date(at + 200).toISOString(),
      namespaces: [{ ...space, taps, senders, joinedInterfaces: taps.length }],
      routeChecks: checks.map((check, place) => {
        return renew(check, at, { seenBefore: random.integer(20, 1500), advertisedAt: advertisedAt[place] ?? at })
      }),
      runs: report.runs.map((run) => Object.assign({}, run, { milliseconds: random.integer(80, 140) / 10 })),
    },
  }
}

function renew(
  check: RouteCheckReport,
  at: number,
  { seenBefore, advertisedAt }: { readonly seenBefore: number; readonly advertisedAt: number },
): RouteCheckReport {
  const left = Math.ceil((advertisedAt + ROUTER_LIFETIME - at) / SECOND)
  const expiresInSeconds = check.expiresInSeconds === null ? null : left
  return { ...check, checkedAt: new Date(at - seenBefore).toISOString(), expiresInSeconds }
}

function countAdvert(tap: TapReport): TapReport {
  return {
    ...tap,
    routerAdvertsIn: (tap.routerAdvertsIn ?? 0) + 1,
    routerAdvertsOut: (tap.routerAdvertsOut ?? 0) + 1,
  }
}

function startTap(newest: TapReport | undefined, random: ReturnType<typeof createRandom>): TapReport {
  if (newest === undefined) throw new Error('A steady host has at least one tap.')
  const ifindex = newest.ifindex + 1
  const uuid = `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-8${random.hex(3)}-${random.hex(12)}`
  return {
    ...newest,
    ifindex,
    name: `vnet${ifindex}`,
    routerSolicitsIn: 1,
    routerAdvertsIn: 1,
    routerAdvertsOut: 1,
    vm: { name: `ci-${random.hex(6)}`, uuid, pid: 2000 + ifindex },
  }
}

function startCheck(checks: readonly RouteCheckReport[], { vm }: TapReport): RouteCheckReport {
  const present = checks.find(({ defaultRoute }) => defaultRoute === 'present')
  if (present === undefined || !vm) throw new Error('A steady host has at least one VM with a default route.')
  return { ...present, vm: { name: vm.name, uuid: vm.uuid }, expiresInSeconds: ROUTER_LIFETIME / SECOND }
}
