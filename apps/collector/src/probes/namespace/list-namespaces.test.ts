import { expect, test } from 'vitest'
import { stoppedClock } from '../../testing/fake-clock.ts'
import { fakeKernel } from '../../testing/fake-kernel.ts'
import type { FakeFile } from '../../testing/fake-kernel.ts'
import { recordRuns } from '../record-runs.ts'
import { listNamespaces } from './list-namespaces.ts'
import type { Process } from '../process/list-processes.ts'

const OWN = { id: 1, name: null, entrance: null, tables: '/proc/thread-self/net' }

function process(pid: number, namespace: number | null): Process {
  return { pid, name: 'any', parent: 1, kernelThread: false, ended: false, startTicks: pid, namespace, young: false }
}

function list(tree: Record<string, FakeFile>, processes: readonly Process[], names: Record<string, number> = {}) {
  const runs = recordRuns(stoppedClock(), 1000)
  const own = { '/proc/thread-self/ns/net': { link: 'net:[1]' } }
  const files = Object.fromEntries(Object.keys(names).map((name) => [`/run/netns/${name}`, '']))
  const identify = (path: string) => ({
    device: 4,
    inode: names[path.slice('/run/netns/'.length)] ?? 1,
    modifiedMilliseconds: 0,
  })
  const namespaces = listNamespaces(fakeKernel({ ...own, ...files, ...tree }, { identify }), processes, runs)
  return { namespaces, failed: runs.list().filter(({ outcome }) => outcome === 'failed') }
}

test('a namespace is entered by its name, or by its oldest process', () => {
  const tree = { '/proc/20/ns/net': { link: 'net:[2]' }, '/proc/30/ns/net': { link: 'net:[3]' } }
  const { namespaces } = list(tree, [process(31, 3), process(30, 3), process(20, 2), process(10, 1)], {
    'qrouter-2': 2,
    empty: 4,
  })
  expect(namespaces).toEqual([
    OWN,
    { id: 2, name: 'qrouter-2', entrance: '/run/netns/qrouter-2', tables: '/proc/20/net' },
    { id: 3, name: null, entrance: '/proc/30/ns/net', tables: '/proc/30/net' },
    { id: 4, name: 'empty', entrance: '/run/netns/empty', tables: null },
  ])
})

test('a namespace is not entered by a process that has moved or ended', () => {
  const tree = { '/proc/20/ns/net': { link: 'net:[1]' }, '/proc/22/ns/net': { link: 'net:[2]' } }
  const { namespaces, failed } = list(tree, [process(20, 2), process(21, 2), process(22, 2), process(23, 3)])
  expect(namespaces).toEqual([OWN, { id: 2, name: null, entrance: '/proc/22/ns/net', tables: '/proc/22/net' }])
  expect(failed).toEqual([])
})
