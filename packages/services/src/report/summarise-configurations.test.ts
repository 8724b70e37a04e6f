import type { NamespaceReport, SenderConfiguration } from '@slashzero/contract/report'
import { expect, test } from 'vitest'
import { summariseConfigurations } from './summarise-configurations.ts'

const settings = {
  sendsAdverts: true,
  unicastOnly: false,
  minIntervalSeconds: 200,
  maxIntervalSeconds: 600,
  routerLifetimeSeconds: 1800,
}
const prefix = (index: number) => ({
  prefix: `2001:db8:${index}::/64`,
  onLink: true,
  autonomous: true,
  validLifetimeSeconds: 86_400,
  preferredLifetimeSeconds: 14_400,
})
const file = {
  path: '/etc/radvd.conf',
  readAt: '2026-01-01T00:00:00Z',
  changedAt: '2025-12-01T00:00:00Z',
  newerThanProcess: false,
}

function namespace(configuration: SenderConfiguration | null): NamespaceReport {
  const sender = {
    daemon: 'radvd',
    version: '2.19',
    pid: 913,
    startedAt: null,
    executableDeleted: false,
    configuration,
    sockets: [],
  }
  return {
    id: 4_026_531_840,
    name: null,
    optmemMaxBytes: 20_480,
    optmemMaxSource: 'init',
    joinedInterfaces: 0,
    senders: [sender],
    taps: [],
  }
}

test('interfaces with equal settings form a group, largest group first', () => {
  const many = Array.from({ length: 2000 }, (_, index) => ({
    ...settings,
    name: `tap${index}`,
    prefixes: [prefix(index)],
  }))
  const odd = { ...settings, name: 'tap-odd', routerLifetimeSeconds: 0, prefixes: [] }
  const [stored] = summariseConfigurations([namespace({ ...file, interfaces: [odd, ...many] })])
  expect(stored).toEqual({
    namespaceId: 4_026_531_840,
    pid: 913,
    summary: {
      ...file,
      interfaces: 2001,
      groups: [
        {
          ...settings,
          interfaces: 2000,
          names: ['tap0', 'tap1', 'tap2'],
          prefixes: 2000,
          firstPrefixes: ['2001:db8:0::/64', '2001:db8:1::/64', '2001:db8:2::/64'],
        },
        { ...settings, routerLifetimeSeconds: 0, interfaces: 1, names: ['tap-odd'], prefixes: 0, firstPrefixes: [] },
      ],
    },
  })
})

test('a sender without a known configuration is left out', () => {
  expect(summariseConfigurations([namespace(null)])).toEqual([])
})
