import { stripVTControlCharacters } from 'node:util'
import { report as reportSchema } from '@slashzero/contract/report'
import type { Report } from '@slashzero/contract/report'
import { goldenReport } from '@slashzero/contract/testing'
import { describe, expect, test } from 'vitest'
import { LIMIT_TOO_SMALL } from '../probes/sender/calibrate-membership.ts'
import { listAbilities } from './abilities.ts'
import { diagnose } from './diagnose.ts'
import type { Diagnosis } from './diagnosis.ts'
import { widthOf } from './lay-out.ts'
import { renderCheckmk, renderNagios } from './render-checks.ts'
import { renderText } from './render-text.ts'

const golden = goldenReport()

function diagnoseOne(report: Report, isRoot = false): Diagnosis {
  const managers = new Map([[7, { kind: 'unit' as const, unit: 'radvd.service' }]])
  return diagnose(
    report,
    [],
    { isRoot, ownNamespace: 4026532180, managers, configurations: new Map(), contained: new Set() },
    listAbilities(new Set(['CAP_SYS_PTRACE', 'CAP_DAC_READ_SEARCH']), report, 4026532180),
  )
}

/** The lines from the line that begins with `from` to the next empty line. */
function block(text: string, from: string): string {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => line.startsWith(from))
  return lines.slice(start, lines.indexOf('', start)).join('\n')
}

describe('the golden report as text', () => {
  const text = renderText(diagnoseOne(golden), { width: 110, colour: false })

  test('begins with the verdict', () => {
    expect(text.split('\n').slice(0, 3)).toEqual([
      'BROKEN: vm-102: no ::/0: The guest has no ::/0 (guest agent): asked on /run/vm-102.qga; and 1 more',
      'hv-12, Linux 6.18.44-fc-v769, 2026-01-01T00:00:00.000Z',
      '',
    ])
  })

  test('says the next command of each finding', () => {
    expect(block(text, 'What to do')).toBe(`What to do
  1. BROKEN  vm-102
     no ::/0: The guest has no ::/0 (guest agent): asked on /run/vm-102.qga
     Cause: In the guest, asked on /run/vm-102.qga; the route cannot return because on tap103, radvd runs but
            has not joined ff02::2 here; tap103 is not in /etc/radvd.conf
     Next:  add tap103 to /etc/radvd.conf, with the settings of the other interfaces
     Then:  radvd -c -C /etc/radvd.conf && kill -HUP 7
            makes radvd read its configuration and retry the failed joins
  2. AT RISK  radvd 2.19, pid 7
     3 stale and 2 live memberships hold 280 of 20,480 bytes; 360 joins left
     Cause: a leak: radvd stays a member on each deleted tap, and the kernel keeps the membership until the
            socket closes
     Next:  sysctl -w net.core.optmem_max=131072
            makes room at once, without a restart; add the setting to /etc/sysctl.d to keep it after a reboot
     Then:  upgrade radvd to 2.20 or later, which leaves the group on a deleted tap; the running version is
            2.19
     Then:  radvd -c -C /etc/radvd.conf && systemctl kill -s KILL radvd.service && systemctl restart radvd.service
            frees the 3 stale memberships and joins every tap again; killed, radvd sends no farewell, so VMs
            keep ::/0 meanwhile`)
  })

  test('shows each sender with both thresholds and its dead taps', () => {
    expect(block(text, 'Senders')).toBe(`Senders
  In this network namespace: limit 20,480 bytes, the namespace's own; 56 bytes a membership
    radvd 2.19, pid 7, socket 349876, measured by pidfd: leaking
      verdict      3 stale and 2 live memberships hold 280 of 20,480 bytes; 360 joins left
      memory       280 bytes (1 %)
      memberships  3 stale, 2 live
      joins left   360
      sends        fail from 20,440 bytes on
      dead taps    interface indexes 2-4
  In qrouter-5f3e: limit 131,072 bytes, the namespace's own; 56 bytes a membership
    radvd 2.19, pid 41, socket 350682, measured by pidfd: healthy
      verdict      1 live membership holds 56 of 131,072 bytes; 2,339 joins left
      memory       56 bytes (0 %)
      memberships  0 stale, 1 live
      joins left   2,339
      sends        fail from 131,032 bytes on`)
  })

  test('lists taps and default routes as tables', () => {
    expect(block(text, 'Taps')).toBe(`Taps
  In this network namespace:
    TAP     VM      STATE       RS IN  RA OUT  WHY
    tap102  vm-102  served      0      2       radvd has joined here
    tap103  vm-102  not-joined  0      0       radvd runs but has not joined ff02::2 here; tap103 is not in
                                               /etc/radvd.conf
    tap101  vm-101  served      0      2       radvd has joined here
  In qrouter-5f3e:
    TAP         VM  STATE    RS IN  RA OUT  WHY
    port        -   served   0      1       radvd has joined here
    é😀"'<b>\\;  -   unknown  0      0       The tap is down, and no VM was seen behind it`)
    expect(block(text, 'Default routes')).toBe(`Default routes of the VMs
  VM      TAPS           ::/0     WHY
  vm-102  tap102 tap103  MISSING  The guest has no ::/0 (guest agent): asked on /run/vm-102.qga; cause: In the
                                  guest, asked on /run/vm-102.qga; the route cannot return because on tap103,
                                  radvd runs but has not joined ff02::2 here; tap103 is not in /etc/radvd.conf
  vm-101  tap101         ok       by fe80::1; ends at 2026-01-01 00:29:50 UTC unless an advertisement comes`)
  })

  test('says what is off and how to turn it on', () => {
    const abilities = block(text, 'What this process')
    expect(abilities).toContain('  on        option-memory: option memory of other users')
    expect(abilities).toMatch(
      / {2}off {7}other-namespaces: .*\n {12}the process has no CAP_SYS_ADMIN; what would turn it on: run it as root, or add CAP_SYS_ADMIN to/,
    )
  })
})

test.each([50, 60, 80])('no line but a command is wider than %d columns', (width) => {
  const lines = renderText(diagnoseOne(golden), { width, colour: false }).split('\n')
  expect(lines.filter((line) => widthOf(line) > width && !/^ {5}(Next|Then): /.test(line))).toEqual([])
})

test('the finding is a limit below one membership, not a security module', () => {
  const small = structuredClone(golden)
  const [namespace] = small.namespaces
  const failed = { probe: 'membership-size', outcome: 'failed' as const, milliseconds: 1, error: LIMIT_TOO_SMALL }
  Object.assign(namespace ?? {}, { optmemMaxBytes: 50 })
  Object.assign(namespace?.senders[0]?.sockets[0] ?? {}, { optmemBytes: 0, staleInterfaceIndexes: [] })
  const { findings } = diagnoseOne({ ...small, membershipBytes: null, runs: [failed] }, true)
  const told = findings.find(({ subject }) => subject === 'option memory')
  expect(told).toMatchObject({ level: 'broken', problem: LIMIT_TOO_SMALL })
  expect(told?.steps.map(({ command }) => command)).toEqual(['sysctl -w net.core.optmem_max=131072'])
  expect(JSON.stringify(findings)).not.toContain('root is blocked')
})

test.each([50, 80, 110])('names of 200 characters stay in their columns of a table of %d columns', (width) => {
  const long = structuredClone(golden)
  const name = 'ø'.repeat(100) + 'å'.repeat(100)
  for (const { taps } of long.namespaces) for (const { vm } of taps) if (vm?.name === 'vm-101') vm.name = name
  for (const { vm } of long.routeChecks) if (vm.name === 'vm-101') vm.name = name
  const text = renderText(diagnoseOne(long), { width, colour: false })
  for (const title of ['Taps', 'Default routes']) {
    const table = block(text, title)
    expect(table.split('\n').filter((line) => widthOf(line) > width)).toEqual([])
    expect(table.replaceAll(/[^øå]/g, '')).toContain(name)
    expect(table).toMatch(title === 'Taps' ? /served/ : /MISSING/)
  }
})

test('colour only marks words; the words stay without colour', () => {
  const diagnosis = diagnoseOne(golden)
  const plain = renderText(diagnosis, { width: 100, colour: false })
  const coloured = renderText(diagnosis, { width: 100, colour: true })
  expect(plain).toBe(stripVTControlCharacters(plain))
  expect(coloured).not.toBe(plain)
  expect(stripVTControlCharacters(coloured)).toBe(plain)
})

test('long lists of dead taps are cut in text and whole in JSON', () => {
  const [namespace] = golden.namespaces
  const sparse = Array.from({ length: 40 }, (_, index) => index * 3 + 10)
  const dead = structuredClone(golden)
  const socket = dead.namespaces[0]?.senders[0]?.sockets[0]
  if (namespace === undefined || socket === undefined) throw new Error('the golden report has no socket')
  Object.assign(socket, { staleInterfaceIndexes: sparse, optmemBytes: 56 * 42 })
  const diagnosis = diagnoseOne(dead)
  expect(renderText(diagnosis, { width: 400, colour: false })).toMatch(
    /dead taps {4}interface indexes 10, 13, .*, 79 and 16 more ranges \(--json lists all\)/,
  )
  expect(diagnosis.namespaces[0]?.senders[0]?.staleInterfaceIndexes).toEqual(sparse)
})

describe('for monitoring', () => {
  test('Nagios gets one line with performance data', () => {
    expect(renderNagios(diagnoseOne(golden))).toBe(
      'SLASHZERO CRITICAL - vm-102: no ::/0: The guest has no ::/0 (guest agent): asked on /run/vm-102.qga; and 1 more | ' +
        "'optmem'=280B;;20439;0;20480 'stale_memberships'=3;;;0; 'joins_left'=360;;;0; 'vms_missing_route'=1;;0;0;2 'vms_unknown_route'=0;;;0;2\n",
    )
  })

  test('Checkmk gets a line for the hypervisor and one for the routes', () => {
    expect(renderCheckmk(diagnoseOne(golden))).toBe(
      '2 "Slashzero hypervisor" optmem=280;;20439;0;20480|stale_memberships=3;;;0;|joins_left=360;;;0; ' +
        'vm-102: no ::/0: The guest has no ::/0 (guest agent): asked on /run/vm-102.qga; and 1 more\n' +
        '2 "Slashzero default routes" vms_missing_route=1;;0;0;2|vms_unknown_route=0;;;0;2 no ::/0: vm-102; 2 VMs, 0 unknown\n',
    )
  })

  test('an unknown value has no figure', () => {
    const unmeasured = { ...golden, namespaces: golden.namespaces.map(blind) }
    expect(renderNagios(diagnoseOne({ ...unmeasured, routeChecks: [] }))).toMatch(
      /^SLASHZERO UNKNOWN - .* \| 'vms_missing_route'=0;;0;0;2 'vms_unknown_route'=2;;;0;2\n$/,
    )
    const [first, ...others] = golden.namespaces
    const half = { ...golden, namespaces: [...(first === undefined ? [] : [blind(first)]), ...others], routeChecks: [] }
    expect(renderNagios(diagnoseOne(half))).toMatch(/^SLASHZERO UNKNOWN - [^|]* \| 'vms_missing_route'=/)
    expect(renderNagios(diagnoseOne({ ...golden, namespaces: [], routeChecks: [] }))).toMatch(
      /^SLASHZERO OK - No Router Advertisement daemon runs here, .* \| 'vms_missing_route'=0;;0;0;0/,
    )
  })

  test('if VMs could not be seen, the number of VMs without a route is unknown', () => {
    const error = 'the network namespaces of 4 processes are unknown: needs CAP_SYS_PTRACE'
    const hidden = diagnoseOne({
      ...golden,
      namespaces: [],
      routeChecks: [],
      runs: [{ probe: 'namespaces', outcome: 'failed', milliseconds: 1, error }],
    })
    expect(renderNagios(hidden)).toBe(`SLASHZERO UNKNOWN - some things could not be seen: namespaces: ${error}\n`)
    expect(renderCheckmk(hidden)).toBe(
      `3 "Slashzero hypervisor" - some things could not be seen: namespaces: ${error}\n3 "Slashzero default routes" - no VM could be seen: ${error}\n`,
    )
  })
})

function blind(namespace: Report['namespaces'][number]): Report['namespaces'][number] {
  const socket = { optmemBytes: null, method: null, unmeasuredReason: 'no right', staleInterfaceIndexes: null }
  return {
    ...namespace,
    senders: namespace.senders.map((sender) =>
      Object.assign({}, sender, { sockets: sender.sockets.map(({ inode }) => ({ inode, ...socket })) }),
    ),
    taps: [],
    ...(namespace.name === null
      ? { taps: namespace.taps.map((tap) => Object.assign({}, tap, { allRoutersUsers: null })) }
      : {}),
  }
}

test('control characters in names are shown, not obeyed', () => {
  const evil = `vm\u001b[2J\n\u202e|'"\\nx`
  // Bypasses the schema on purpose: the schema itself makes the name visible.
  const report: Report = JSON.parse(
    JSON.stringify(golden)
      .replaceAll('"vm-102"', JSON.stringify(evil))
      .replaceAll('"tap103"', JSON.stringify('t\u001b]0;x\u0007')),
  )
  const diagnosis = diagnoseOne(report)
  const outputs = [
    renderText(diagnosis, { width: 80, colour: false }),
    renderNagios(diagnosis),
    renderCheckmk(diagnosis),
    JSON.stringify(diagnosis),
  ]
  // eslint-disable-next-line no-control-regex -- no control character may be there
  for (const output of outputs) expect(output).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
  const [, nagios = '', checkmk = ''] = outputs
  expect(nagios.split('\n').length).toBe(2)
  expect(nagios.split('|').length).toBe(2)
  expect(checkmk.split('\n').length).toBe(3)
  expect(checkmk).not.toContain('\\n')
})

test.each([
  ['abc', 3],
  ['é', 1],
  ['e\u0301', 1],
  ['虚拟机', 6],
  ['😀', 2],
  ['', 0],
])('%s takes %d columns', (text, columns) => {
  expect(widthOf(text)).toBe(columns)
})

test('shows checks of a VM that disagree, and which check counts and why', () => {
  const probed = golden.routeChecks.map((check) =>
    Object.assign({}, check, { method: 'off-link-probe', defaultRoute: 'present', reason: null }),
  )
  const looked = golden.routeChecks.map((check) =>
    Object.assign({}, check, { method: 'guest-agent', defaultRoute: 'absent', reason: null }),
  )
  const report = reportSchema.parse({ ...golden, routeChecks: [...looked, ...probed] })
  const words = renderText(diagnoseOne(report), { width: 110, colour: false }).replaceAll(/\s+/g, ' ')
  expect(words).toContain(
    'The methods disagree (off-link probe: an answer; guest agent: none) and the off-link probe counts',
  )
})

test('the end of a route counted from an advertisement is shown as the latest end', () => {
  const [own] = golden.namespaces
  const seen = {
    source: 'fe80::1',
    linkAddress: null,
    direction: 'sent',
    seenAt: golden.observedAt,
    routerLifetimeSeconds: 600,
    sincePreviousSeconds: null,
    prefixes: [],
  }
  const taps = own?.taps.map((tap) => (tap.name === 'tap101' ? { ...tap, advertisements: [seen] } : tap))
  const report = reportSchema.parse({ ...golden, namespaces: [{ ...own, taps }], routeChecks: [] })
  const words = renderText(diagnoseOne(report), { width: 110, colour: false }).replaceAll(/\s+/g, ' ')
  expect(words).toContain('; ends, at the latest, at 2026-01-01 00:10:00 UTC unless an advertisement comes')
})
