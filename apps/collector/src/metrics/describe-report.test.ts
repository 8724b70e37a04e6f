import type { NamespaceReport, Report, SeenAdvertisement, SocketReport, TapReport } from '@slashzero/contract/report'
import { goldenReport } from '@slashzero/contract/testing'
import { expect, test } from 'vitest'
import { describeReport } from './describe-report.ts'
import { renderFamilies } from './render-families.ts'

const golden = goldenReport()

const SOCKET: SocketReport = {
  inode: 7,
  optmemBytes: 0,
  method: 'pidfd',
  unmeasuredReason: null,
  staleInterfaceIndexes: [],
}
const TAP: TapReport = {
  ifindex: 4,
  name: 'tap1',
  kind: 'tap',
  up: false,
  forwarding: false,
  allRoutersUsers: 0,
  routerSolicitsIn: 0,
  routerAdvertsIn: 0,
  routerAdvertsOut: 0,
  vm: null,
}

function namespaceWith(part: {
  socket?: Partial<SocketReport>
  taps?: TapReport[]
  id?: number
  name?: string | null
}): NamespaceReport {
  const sockets = [{ ...SOCKET, ...part.socket }]
  const sender = { daemon: 'radvd', version: null, pid: 9, startedAt: null, executableDeleted: false, sockets }
  const limit = { optmemMaxBytes: 0, optmemMaxSource: null }
  return {
    id: part.id ?? 1,
    name: part.name ?? null,
    ...limit,
    joinedInterfaces: null,
    senders: [sender],
    taps: part.taps ?? [TAP],
  }
}

/** The lines of one metric for a report with these parts, without the name of the metric. */
function lines(metric: string, part: Partial<Report>): string[] {
  const text = renderFamilies(describeReport({ ...golden, namespaces: [], routeChecks: [], runs: [], ...part }), 'text')
  return text
    .split('\n')
    .filter((line) => /^[^{ ]+/.exec(line)?.[0] === metric)
    .map((line) => line.slice(metric.length))
}

test.each(['text', 'openmetrics'] as const)('every metric of the golden report, as %s', async (format) => {
  const text = renderFamilies(describeReport(golden), format)
  await expect(text).toMatchFileSnapshot(`../../fixtures/report-v1.${format === 'text' ? 'prom' : 'openmetrics'}`)
})

test('every number of the golden report is in its series', () => {
  const [own, router] = golden.namespaces
  const part = { namespaces: golden.namespaces }
  const radvd = `namespace="net:[${own?.id}]",daemon="radvd",pid="7"`
  expect(lines('slashzero_socket_optmem_bytes', part)[0]).toBe(`{${radvd},inode="349876"} 280`)
  expect(lines('slashzero_socket_memberships_stale', part)).toEqual([
    `{${radvd},inode="349876"} 3`,
    '{namespace="qrouter-5f3e",daemon="radvd",pid="41",inode="350682"} 0',
  ])
  expect(lines('slashzero_optmem_limit_bytes', part)[1]).toBe(`{namespace="qrouter-5f3e"} ${router?.optmemMaxBytes}`)
  expect(
    lines('slashzero_vm_default_route', { routeChecks: golden.routeChecks }).filter((line) => line.endsWith(' 1')),
  ).toEqual([
    '{vm="vm-101",vm_uuid="6b1f1a3e-5d0a-4c0e-9a3e-000000000101",method="guest-agent",state="present"} 1',
    '{vm="vm-102",vm_uuid="6b1f1a3e-5d0a-4c0e-9a3e-000000000102",method="guest-agent",state="absent"} 1',
  ])
  expect(lines('slashzero_vm_default_route_expiry_timestamp_seconds', { routeChecks: golden.routeChecks })).toEqual([
    `{vm="vm-101",vm_uuid="6b1f1a3e-5d0a-4c0e-9a3e-000000000101",method="guest-agent"} ${Date.UTC(2026, 0, 1) / 1000 + 1790}`,
  ])
})

test('a zero has a series', () => {
  const part = { namespaces: [namespaceWith({})] }
  const numbers = renderFamilies(describeReport({ ...golden, ...part }), 'text')
    .split('\n')
    .filter((line) => line.endsWith(' 0'))
  expect(numbers.map((line) => line.split('{')[0])).toEqual(
    expect.arrayContaining([
      'slashzero_optmem_limit_bytes',
      'slashzero_sender_executable_deleted',
      'slashzero_socket_optmem_bytes',
      'slashzero_socket_memberships_stale',
      'slashzero_tap_up',
      'slashzero_tap_forwarding',
      'slashzero_tap_all_routers_users',
      'slashzero_tap_router_solicits_received_total',
      'slashzero_tap_router_adverts_received_total',
      'slashzero_tap_router_adverts_sent_total',
    ]),
  )
})

test('unread values have no series, and an unread socket counts as not measured', () => {
  const unread = {
    forwarding: null,
    allRoutersUsers: null,
    routerSolicitsIn: null,
    routerAdvertsIn: null,
    routerAdvertsOut: null,
  }
  const socket = { optmemBytes: null, method: null, unmeasuredReason: 'no right', staleInterfaceIndexes: null }
  const namespace = { ...namespaceWith({ socket, taps: [{ ...TAP, ...unread }] }), optmemMaxBytes: null }
  const text = renderFamilies(
    describeReport({ ...golden, membershipBytes: null, namespaces: [namespace], routeChecks: [], runs: [] }),
    'text',
  )
  const series = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  expect(series).toEqual([
    `slashzero_last_pass_timestamp_seconds ${Date.UTC(2026, 0, 1) / 1000}`,
    'slashzero_sender_info{namespace="net:[1]",daemon="radvd",pid="9"} 1',
    'slashzero_sender_executable_deleted{namespace="net:[1]",daemon="radvd",pid="9"} 0',
    'slashzero_socket_measured{namespace="net:[1]",daemon="radvd",pid="9",inode="7"} 0',
    'slashzero_tap_info{namespace="net:[1]",tap="tap1",ifindex="4",kind="tap"} 1',
    'slashzero_tap_up{namespace="net:[1]",tap="tap1",ifindex="4"} 0',
  ])
  expect(text).not.toMatch(/NaN|null|undefined/)
})

test('the latest advertisement of each direction on a tap has a series', () => {
  const seen = (
    direction: SeenAdvertisement['direction'],
    seconds: number,
    routerLifetimeSeconds: number,
  ): SeenAdvertisement => {
    const seenAt = new Date(seconds * 1000).toISOString()
    return {
      source: `fe80::${seconds}`,
      linkAddress: null,
      direction,
      seenAt,
      routerLifetimeSeconds,
      sincePreviousSeconds: null,
      prefixes: [],
    }
  }
  const advertisements = [seen('sent', 30, 0), seen('received', 20, 900), seen('sent', 10, 1800)]
  const namespaces = [
    namespaceWith({
      taps: [
        { ...TAP, advertisements },
        { ...TAP, ifindex: 5, advertisements: null },
      ],
    }),
  ]
  const tap = 'namespace="net:[1]",tap="tap1",ifindex="4"'
  expect(lines('slashzero_tap_router_advert_lifetime_seconds', { namespaces })).toEqual([
    `{${tap},direction="sent"} 0`,
    `{${tap},direction="received"} 900`,
  ])
  expect(lines('slashzero_tap_router_advert_timestamp_seconds', { namespaces })).toEqual([
    `{${tap},direction="sent"} 30`,
    `{${tap},direction="received"} 20`,
  ])
})

test('a probe with nothing to read is neither a success nor a failure', () => {
  const runs = (['ok', 'failed', 'absent'] as const).map((outcome) => ({
    probe: outcome,
    outcome,
    milliseconds: 2.5,
    error: null,
  }))
  expect(lines('slashzero_probe_success', { runs })).toEqual(['{probe="ok"} 1', '{probe="failed"} 0'])
  expect(lines('slashzero_probe_duration_seconds', { runs })).toHaveLength(3)
  expect(lines('slashzero_probe_duration_seconds', { runs })[0]).toBe('{probe="ok"} 0.0025')
})

test('counters beyond 2^32 are exact up to 2^53', () => {
  const counts = [2 ** 32 + 1, Number.MAX_SAFE_INTEGER]
  const taps = counts.map((routerAdvertsOut, index) => Object.assign({}, TAP, { ifindex: index + 1, routerAdvertsOut }))
  const found = lines('slashzero_tap_router_adverts_sent_total', { namespaces: [namespaceWith({ taps })] })
  expect(found.map((line) => line.split(' ').at(-1))).toEqual(['4294967297', '9007199254740991'])
})

test('a hostile name is one label with visible control characters', () => {
  const hostile = 'vm"} 1\nslashzero_tap_up{x="\\\r\u001b[31m\u202e'
  const taps = [{ ...TAP, name: hostile, vm: { name: hostile, uuid: null, pid: 3 } }]
  expect(lines('slashzero_tap_info', { namespaces: [namespaceWith({ taps })] })).toEqual([
    String.raw`{namespace="net:[1]",tap="vm\"} 1␊slashzero_tap_up{x=\"\\␍␛[31m�",ifindex="4",kind="tap",vm="vm\"} 1␊slashzero_tap_up{x=\"\\␍␛[31m�"} 1`,
  ])
})

test('no series appears twice, even if names are equal', () => {
  const method = 'guest-agent'
  const check = {
    vm: { name: 'twin', uuid: null },
    method,
    checkedAt: golden.observedAt,
    reason: null,
    gateway: null,
    expiresInSeconds: null,
  } as const
  const routeChecks: Report['routeChecks'] = [
    { ...check, defaultRoute: 'absent' },
    { ...check, defaultRoute: 'present' },
  ]
  const namespaces = [namespaceWith({ id: 1, name: 'twin' }), namespaceWith({ id: 2, name: 'twin' })]
  expect(lines('slashzero_optmem_limit_bytes', { namespaces })).toEqual([
    '{namespace="twin"} 0',
    '{namespace="twin net:[2]"} 0',
  ])
  expect(lines('slashzero_vm_default_route', { routeChecks }).filter((line) => line.endsWith(' 1'))).toEqual([
    '{vm="twin",method="guest-agent",state="absent"} 1',
  ])
  const text = renderFamilies(describeReport({ ...golden, namespaces, routeChecks }), 'text')
  const series = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/ [^ ]*$/, ''))
  expect(series).toEqual([...new Set(series)])
})
