import { expect, test } from 'vitest'
import { SystemError } from '../io/kernel.ts'
import type { Kernel } from '../io/kernel.ts'
import { fakeKernel } from '../testing/fake-kernel.ts'
import { fakeLinkSockets } from '../testing/fake-link-sockets.ts'
import type { Namespace } from '../probes/namespace/list-namespaces.ts'
import { createNamespaceFollower } from './follow-namespaces.ts'

const OWN: Namespace = { id: 1, name: null, entrance: null, tables: null }
const router = (id: number, name = `qrouter-${id}`): Namespace => ({
  id,
  name,
  entrance: `/run/netns/${name}`,
  tables: null,
})

function start(calls: Partial<Kernel> = {}) {
  const fake = fakeLinkSockets()
  /** The namespace of each path. */
  const names = new Map<string, number>()
  const identify = (path: string) => {
    const inode = names.get(path)
    if (inode === undefined) throw new SystemError(path, 'ENOENT')
    return { device: 4, inode, modifiedMilliseconds: 0 }
  }
  const follower = createNamespaceFollower(fakeKernel({}, { identify, ...calls }), fake.sockets)
  const make = (namespace: Namespace): void => void names.set(namespace.entrance ?? '', namespace.id)
  return { ...fake, follower, names, make }
}

test('each namespace has one socket as long as it is followed', () => {
  const entered: string[] = []
  const { follower, isOpen } = start({
    inNamespace: (path, _, work) => {
      entered.push(path)
      return work()
    },
  })
  expect(follower.follow([OWN, router(2)])).toEqual({ opened: 2, refused: [] })
  expect(follower.follow([OWN, router(2), router(3)])).toEqual({ opened: 1, refused: [] })
  expect(entered).toEqual(['/run/netns/qrouter-2', '/run/netns/qrouter-3'])
  expect([...isOpen].map(follower.namespaceOf)).toEqual([1, 2, 3])
  follower.follow([OWN, router(3)])
  expect([...isOpen].map(follower.namespaceOf)).toEqual([1, 3])
  expect([follower.entranceOf(1), follower.entranceOf(2), follower.entranceOf(3)]).toEqual([
    null,
    undefined,
    '/run/netns/qrouter-3',
  ])
})

test('two hundred namespaces that come and go leave no socket behind', () => {
  const { follower, isOpen } = start()
  for (let id = 2; id < 202; id += 1) follower.follow([OWN, router(id)])
  expect(isOpen.size).toBe(2)
  follower.follow([])
  expect(isOpen.size).toBe(0)
})

test('closes the socket of an ended namespace and of a name that moved', () => {
  const { follower, isOpen, names, make } = start()
  for (const id of [2, 3, 4]) make(router(id))
  follower.follow([OWN, router(2), router(3), router(4)])
  expect(follower.releaseEnded()).toBe(0)
  names.delete('/run/netns/qrouter-2')
  names.set('/run/netns/qrouter-3', 33)
  expect(follower.releaseEnded()).toBe(2)
  expect([...isOpen].map(follower.namespaceOf)).toEqual([1, 4])
})

test('a namespace found by another process is entered by that process', () => {
  const { follower, isOpen, names } = start()
  const held = (pid: number): Namespace => ({ id: 2, name: null, entrance: `/proc/${pid}/ns/net`, tables: null })
  names.set('/proc/9/ns/net', 2)
  follower.follow([held(8)])
  expect(follower.follow([held(9)])).toEqual({ opened: 0, refused: [] })
  expect([follower.releaseEnded(), isOpen.size]).toEqual([0, 1])
})

test('a refused namespace is reported, and an ended namespace is not', () => {
  const { follower } = start({
    inNamespace: (path, _, work) => {
      if (path.endsWith('-2')) throw new SystemError('setns', 'EPERM')
      if (path.endsWith('-3')) throw new SystemError(path, 'ENOENT')
      return work()
    },
  })
  expect(follower.follow([OWN, router(2), router(3), router(4)])).toEqual({
    opened: 2,
    refused: ['setns: not permitted (EPERM)'],
  })
})
