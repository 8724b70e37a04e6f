import { report as reportSchema } from '@slashzero/contract/report'
import type { Report } from '@slashzero/contract/report'
import { START } from '@slashzero/contract/testing'
import * as fc from 'fast-check'

const few = { maxLength: 3 }

/**
 * Mostly near START, where reports meet; sometimes as far away as the schema lets an instant be, and with any offset.
 */
const instants = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.integer({ min: START - 900_000, max: START + 900_000 }).map((ms) => new Date(ms).toISOString()),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '0000-01-01T00:00:00+23:59',
      '9999-12-31T23:59:59.999999999-23:59',
      '2024-02-29T23:59:59Z',
    ),
  },
)
const names = fc.oneof(fc.constantFrom('vm-1', 'vm-2', ''), fc.string({ maxLength: 20 }))
const maybe = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary)
const counters = maybe(fc.oneof(fc.nat({ max: 10 }), fc.maxSafeNat()))
const bytes = fc.oneof(
  fc.nat({ max: 400 }).map((joins) => joins * 56),
  fc.nat({ max: 30_000 }),
  fc.maxSafeNat(),
)
const uuids = fc.constantFrom('00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-00000000000A')
const identities = { name: names, uuid: maybe(uuids) }
const ifindexes = fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 2_147_483_647 }))

const advertisements = fc.record({
  source: fc.constantFrom('fe80::1', 'fe80::2', ''),
  linkAddress: maybe(names),
  direction: fc.constantFrom('sent', 'received'),
  seenAt: instants,
  routerLifetimeSeconds: fc.oneof(fc.constantFrom(0, 1800), fc.nat({ max: 0xffff_ffff })),
  sincePreviousSeconds: maybe(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true })),
  prefixes: fc.constant([]),
})
const taps = fc.record({
  ifindex: ifindexes,
  name: names,
  kind: fc.constantFrom('tap', 'veth', 'other'),
  up: fc.boolean(),
  forwarding: maybe(fc.boolean()),
  listener: maybe(names),
  ipv6Disabled: maybe(fc.boolean()),
  linkLocals: fc.option(
    fc.array(
      fc.record({
        address: fc.constantFrom('fe80::1', 'fe80::2'),
        state: fc.constantFrom('usable', 'tentative', 'duplicate'),
      }),
      few,
    ),
    { nil: undefined },
  ),
  allRoutersUsers: maybe(fc.nat({ max: 3 })),
  countedOn: maybe(names),
  routerSolicitsIn: counters,
  routerAdvertsIn: counters,
  routerAdvertsOut: counters,
  advertisements: maybe(fc.array(advertisements, few)),
  vm: maybe(fc.record({ ...identities, pid: fc.integer({ min: 1, max: 3 }) })),
})
const sockets = fc.record({
  inode: fc.integer({ min: 1, max: 4 }),
  optmemBytes: maybe(bytes),
  method: maybe(fc.constantFrom('sock_diag', 'pidfd')),
  unmeasuredReason: maybe(names),
  staleInterfaceIndexes: maybe(fc.array(ifindexes, few)),
})
const senders = fc.record({
  daemon: fc.constantFrom('radvd', 'dnsmasq', 'ping', ''),
  version: maybe(fc.constantFrom('2.19', '2.21', 'v', '')),
  pid: fc.integer({ min: 1, max: 5 }),
  startedAt: maybe(instants),
  executableDeleted: fc.boolean(),
  sockets: fc.array(sockets, few),
})
const namespaces = fc.record({
  id: fc.integer({ min: 1, max: 2 }),
  name: maybe(names),
  optmemMaxBytes: maybe(bytes),
  optmemMaxSource: maybe(fc.constantFrom('namespace', 'init')),
  senders: fc.array(senders, few),
  taps: fc.array(taps, few),
})
const checks = fc.record({
  vm: fc.record(identities),
  method: fc.constantFrom('guest-agent', 'off-link-probe', 'pushed'),
  checkedAt: instants,
  defaultRoute: fc.constantFrom('present', 'absent', 'expired', 'unknown'),
  reason: maybe(names),
  gateway: maybe(names),
  expiresInSeconds: maybe(
    fc.oneof(fc.integer({ min: -60, max: 1800 }), fc.integer({ min: -2_147_483_648, max: 4_294_967_295 })),
  ),
})
const bootIds = fc.constantFrom('00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002')

/** Any report that the contract accepts, as the contract's own parser returns it. */
export const anyReport: fc.Arbitrary<Report> = fc
  .record({
    version: fc.constant(1),
    sequence: fc.oneof(fc.nat({ max: 20 }), fc.maxSafeNat()),
    observedAt: instants,
    sentAt: instants,
    host: fc.record({
      id: fc.constant('host-0001'),
      bootId: bootIds,
      name: names,
      kernel: names,
      collectorVersion: names,
    }),
    membershipBytes: maybe(fc.oneof(fc.constant(56), fc.integer({ min: 1, max: 4096 }))),
    namespaces: fc.array(namespaces, few),
    unreadNamespaces: fc.option(
      fc.array(fc.record({ id: fc.integer({ min: 1, max: 2 }), name: maybe(names), reason: names }), few),
      { nil: undefined },
    ),
    routeChecks: fc.array(checks, few),
    runs: fc.array(
      fc.record({
        probe: fc.constantFrom('senders', 'optmem'),
        outcome: fc.constantFrom('ok', 'absent', 'failed'),
        milliseconds: fc.nat(),
        error: maybe(names),
      }),
      few,
    ),
  })
  .map((raw) => reportSchema.parse(raw))
