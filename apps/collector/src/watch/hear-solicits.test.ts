import { expect, test } from 'vitest'
import { SystemError } from '../io/kernel.ts'
import { fakeKernel } from '../testing/fake-kernel.ts'
import { createSolicitHearing } from './hear-solicits.ts'

const FILE = '/proc/thread-self/net/snmp6'
const OWN = new Map([[1, null]])

function start() {
  const files: Record<string, string> = {}
  const entered: [path: string, inode: number][] = []
  const kernel = fakeKernel(files, {
    inNamespace: (path, inode, work) => {
      entered.push([path, inode])
      if (path.endsWith('ended')) throw new SystemError(path, 'ENOENT')
      return work()
    },
  })
  const hear = createSolicitHearing(kernel)
  const count = (solicits: number) =>
    (files[FILE] = `Ip6InReceives\t9\nIcmp6InRouterSolicits           \t${solicits}\n`)
  return { hear, count, files, entered }
}

test('a solicitation is reported once, at the call after its discovery', () => {
  const { hear, count } = start()
  count(5)
  expect([hear(OWN), hear(OWN)]).toEqual([[], []])
  count(6)
  expect([hear(OWN), hear(OWN), hear(OWN)]).toEqual([[], [1], []])
})

test('enters other namespaces; an ended one or one without IPv6 hears nothing', () => {
  const { hear, count, files, entered } = start()
  const others = new Map([
    [2, '/run/netns/a'],
    [3, '/run/netns/ended'],
  ])
  count(5)
  hear(others)
  count(6)
  expect([hear(others), hear(others)]).toEqual([[], [2]])
  expect(entered.slice(0, 2)).toEqual([
    ['/run/netns/a', 2],
    ['/run/netns/ended', 3],
  ])
  delete files[FILE]
  expect([hear(OWN), hear(OWN)]).toEqual([[], []])
})

test('forgets a namespace that is no longer asked for', () => {
  const { hear, count } = start()
  count(5)
  hear(OWN)
  count(6)
  hear(OWN)
  expect([hear(new Map()), hear(OWN), hear(OWN)]).toEqual([[], [], []])
})
