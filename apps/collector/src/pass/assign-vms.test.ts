import { expect, test } from 'vitest'
import type { Vm } from '../probes/process/identify-vms.ts'
import type { Tap } from '../probes/namespace/read-taps.ts'
import type { Survey } from '../probes/namespace/survey-namespace.ts'
import { assignVms } from './assign-vms.ts'

function tap(ifindex: number, name: string): Tap {
  const unread = {
    up: true,
    forwarding: null,
    allRoutersUsers: null,
    routerSolicitsIn: null,
    routerAdvertsIn: null,
    routerAdvertsOut: null,
  }
  return { ifindex, name, byteName: name, listener: name, kind: 'tap', ...unread }
}

function survey(id: number, ...taps: Tap[]): Survey {
  const namespace = { id, name: null, entrance: null, tables: null }
  const limit = { optmemMaxBytes: null, optmemMaxSource: null }
  return {
    namespace,
    rawSockets: [],
    rawRows: new Map(),
    links: [],
    taps,
    unjoined: new Set(),
    readNamed: () => [],
    joinedInterfaces: null,
    limit,
    diagnosed: { unavailable: 'not asked' },
  }
}

function vm(name: string, namespace: number, ...taps: string[]): Vm {
  return {
    name,
    uuid: null,
    pid: Number(name.slice(2)),
    namespace,
    agentSocketPath: null,
    taps: taps.map((held) => ({ tap: held })),
  }
}

type Situation = { vms: Vm[]; surveys: Survey[]; doubtful?: number[] }

test.each<{ name: string; input: Situation; expected: Record<string, string> }>([
  {
    name: 'in its own namespace',
    input: { vms: [vm('vm1', 1, 'a')], surveys: [survey(1, tap(5, 'a')), survey(2, tap(6, 'a'))] },
    expected: { 5: 'vm1' },
  },
  {
    name: 'moved to another namespace',
    input: { vms: [vm('vm1', 1, 'a')], surveys: [survey(1), survey(2, tap(6, 'a'))] },
    expected: { 6: 'vm1' },
  },
  {
    name: 'in either of two others',
    input: { vms: [vm('vm1', 3, 'a')], surveys: [survey(1, tap(5, 'a')), survey(2, tap(6, 'a'))] },
    expected: {},
  },
  {
    name: 'claimed from elsewhere too',
    input: { vms: [vm('vm1', 1, 'a'), vm('vm2', 9, 'a')], surveys: [survey(1, tap(5, 'a'))] },
    expected: { 5: 'vm1' },
  },
  {
    name: 'claimed by two from elsewhere',
    input: { vms: [vm('vm1', 8, 'a'), vm('vm2', 9, 'a')], surveys: [survey(1, tap(5, 'a'))] },
    expected: {},
  },
  {
    name: 'claimed by two VMs in its namespace',
    input: { vms: [vm('vm1', 1, 'a'), vm('vm2', 1, 'a')], surveys: [survey(1, tap(5, 'a'))] },
    expected: {},
  },
  {
    name: 'open twice in one process, once for each queue',
    input: { vms: [vm('vm1', 1, 'a', 'a')], surveys: [survey(1, tap(5, 'a'))] },
    expected: { 5: 'vm1' },
  },
  {
    name: 'doubtful',
    input: { vms: [vm('vm1', 1, 'a', 'b')], surveys: [survey(1, tap(5, 'a'), tap(6, 'b'))], doubtful: [5] },
    expected: { 6: 'vm1' },
  },
])('a tap $name', ({ input: { vms, surveys, doubtful = [] }, expected }) => {
  const taps = surveys.flatMap((one) => one.taps)
  const owners = assignVms(vms, surveys, new Set(taps.filter(({ ifindex }) => doubtful.includes(ifindex))))
  expect(Object.fromEntries([...owners].map(([{ ifindex }, owner]) => [ifindex, owner.name]))).toEqual(expected)
})
