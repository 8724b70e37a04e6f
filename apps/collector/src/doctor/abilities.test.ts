import { PASS_PROBES, SWITCHED_PROBES } from '@slashzero/contract/report'
import type { Report, SenderReport } from '@slashzero/contract/report'
import { goldenReport } from '@slashzero/contract/testing'
import { expect, test } from 'vitest'
import { MEMBER } from '../route-checks/guest-agent/libvirt/open-connection.ts'
import { ABILITIES, listAbilities } from './abilities.ts'

const golden = goldenReport()
const OWN_NAMESPACE = 4026532180

test('each probe of a pass belongs to one ability', () => {
  const names = [...PASS_PROBES, ...SWITCHED_PROBES].map(({ name }) => name)
  expect(ABILITIES.flatMap(({ probes }) => probes).toSorted()).toEqual(names.toSorted())
})

test('each capability turns its abilities on', () => {
  const on = (...capabilities: string[]) =>
    listAbilities(new Set(capabilities), golden, OWN_NAMESPACE)
      .filter(({ state }) => state === 'on')
      .map(({ name }) => name)
  const none = ['own-taps', 'membership-size']
  expect(on()).toEqual(none)
  expect(on('CAP_SYS_PTRACE')).toEqual([...none, 'namespaces', 'configurations'])
  expect(on('CAP_SYS_PTRACE', 'CAP_DAC_READ_SEARCH')).toEqual([
    ...none,
    'namespaces',
    'owners',
    'option-memory',
    'stale-memberships',
    'configurations',
  ])
  expect(on('CAP_SYS_ADMIN', 'CAP_DAC_OVERRIDE')).toEqual([...none, 'guest-agents'])
  expect(listAbilities(null, golden, null).find(({ name }) => name === 'owners')).toMatchObject({
    state: 'off',
    reason: 'the capabilities of this process could not be read',
  })
})

test.each<{ name: string; report: Report; expected: object }>([
  {
    name: 'has no diagnosis',
    report: golden,
    expected: { state: 'off', turnOn: expect.stringContaining('CONFIG_INET_RAW_DIAG') },
  },
  {
    name: 'diagnoses',
    report: withSenders((sender) => [
      { ...sender, sockets: sender.sockets.map((one) => ({ ...one, method: 'sock_diag' })) },
    ]),
    expected: { state: 'on', reason: null },
  },
  {
    name: 'was not asked here',
    report: withSenders(() => []),
    expected: { state: 'untried', turnOn: null },
  },
])('a kernel that $name', ({ report, expected }) => {
  const abilities = listAbilities(new Set(), report, OWN_NAMESPACE)
  expect(abilities.find(({ name }) => name === 'diagnosed-option-memory')).toMatchObject(expected)
})

test('the off-link probe is on if it ran, and untried if it is not configured', () => {
  const run = { probe: 'off-link-probe', outcome: 'ok' as const, milliseconds: 1, error: null }
  const find = (rights: string[], runs: Report['runs']) =>
    listAbilities(new Set(rights), { ...golden, runs }, OWN_NAMESPACE).find(({ name }) => name === 'off-link')
  expect(find(['CAP_NET_RAW'], [run])).toMatchObject({ state: 'on', reason: null })
  expect(find(['CAP_NET_RAW'], [])).toMatchObject({ state: 'untried', reason: 'off-link-source is not set' })
  expect(find([], [run])).toMatchObject({ state: 'off', reason: 'the process has no CAP_NET_RAW' })
})

test('guests that push need no right, but a running service', () => {
  const find = (run: Partial<Report['runs'][number]> | null) => {
    const runs =
      run === null ? [] : [{ probe: 'guest-push', outcome: 'ok' as const, milliseconds: 0, error: null, ...run }]
    return listAbilities(new Set(), { ...golden, runs }, OWN_NAMESPACE).find(({ name }) => name === 'guest-push')
  }
  expect(find({})).toMatchObject({ state: 'on', reason: null })
  expect(find(null)).toMatchObject({
    state: 'untried',
    reason: 'guest-push-listen is not set',
    turnOn: 'guest-push-listen in its configuration',
  })
  expect(find({ outcome: 'absent', error: 'not here' })).toMatchObject({
    state: 'untried',
    reason: 'not here',
    turnOn: null,
  })
  expect(find({ outcome: 'failed', error: 'EADDRINUSE' })).toMatchObject({ state: 'impaired', reason: 'EADDRINUSE' })
})

test('libvirt is on if its socket is usable, and off if it refuses', () => {
  const [check] = golden.routeChecks
  const find = (access: 'absent' | 'granted' | 'refused', reason: string | null = null) => {
    const routeChecks = check === undefined ? [] : [{ ...check, reason }]
    return listAbilities(new Set(), { ...golden, routeChecks }, OWN_NAMESPACE, access).find(
      ({ name }) => name === 'libvirt',
    )
  }
  const refusal = `libvirt refuses the collector: authentication failed; ${MEMBER}`
  const turnOn = expect.stringContaining('usermod --append --groups libvirt')
  expect(find('absent')).toMatchObject({ state: 'untried', reason: 'libvirt does not run here' })
  expect(find('granted')).toMatchObject({ state: 'on', reason: null })
  expect(find('granted', refusal)).toMatchObject({ state: 'off', reason: refusal, turnOn })
  expect(find('refused')).toMatchObject({
    state: 'off',
    reason: "the collector may not write to libvirt's socket",
    turnOn,
  })
})

test('a right that does not help is impaired, with the reason', () => {
  const runs = [
    { probe: 'optmem', outcome: 'failed' as const, milliseconds: 1, error: 'kernel.yama.ptrace_scope is 3' },
  ]
  const abilities = listAbilities(
    new Set(['CAP_SYS_PTRACE', 'CAP_DAC_READ_SEARCH']),
    { ...golden, runs },
    OWN_NAMESPACE,
  )
  expect(abilities.find(({ name }) => name === 'option-memory')).toMatchObject({
    state: 'impaired',
    reason: 'kernel.yama.ptrace_scope is 3',
  })
})

/** The golden report with other senders. */
function withSenders(alter: (sender: SenderReport) => SenderReport[]): Report {
  const namespaces = golden.namespaces.map((one) => ({ ...one, senders: one.senders.flatMap(alter) }))
  return { ...golden, namespaces }
}
