import { expect, test } from 'vitest'
import { stoppedClock } from '../../testing/fake-clock.ts'
import { fakeKernel } from '../../testing/fake-kernel.ts'
import type { FakeFile } from '../../testing/fake-kernel.ts'
import { recordRuns } from '../record-runs.ts'
import { createHolderFinder } from './find-holders.ts'
import type { Process } from './list-processes.ts'

function process(pid: number, young = false): Process {
  return { pid, name: 'any', parent: 1, kernelThread: false, ended: false, startTicks: 1, namespace: 1, young }
}

/** `/proc/PID/stat` of a process that started at tick 1. */
const STAT = `20 (a) S 1${' 0'.repeat(17)} 1`

function prepare(tree: Record<string, FakeFile>) {
  const listed: string[] = []
  const base = fakeKernel(tree)
  const find = createHolderFinder({
    ...base,
    listFolder: (path) => {
      listed.push(path)
      return base.listFolder(path)
    },
  })
  return (processes: Process[], sockets: number[], taps: Record<string, string> = {}) => {
    listed.length = 0
    const runs = recordRuns(stoppedClock(), 1000)
    const { holders, fresh, closed } = find(
      processes,
      { sockets: new Set(sockets), taps: new Map(Object.entries(taps)) },
      runs,
    )
    return {
      holders,
      fresh: [...fresh],
      closed,
      listed: [...listed],
      failed: runs.list().filter(({ outcome }) => outcome === 'failed'),
    }
  }
}

test('finds wanted sockets, taps and macvtaps', () => {
  const look = prepare({
    '/proc/20/fd/3': { link: 'socket:[7]' },
    '/proc/20/fd/4': { link: 'socket:[8]' },
    '/proc/20/fd/5': { link: '/dev/net/tun' },
    '/proc/20/fdinfo/5': 'pos:\t0\niff:\ttap\xff\n',
    '/proc/20/fd/6': { link: '/dev/tap9' },
    '/proc/20/fd/7': { link: '/dev/net/tun' },
    '/proc/20/fdinfo/7': 'pos:\t0\niff:\t\n',
    '/proc/20/fd/8': { refused: 'ENOENT' },
    '/proc/20/stat': STAT,
  })
  const { holders, failed } = look([process(20)], [7])
  expect(holders).toMatchObject([{ sockets: new Map([[7, 3]]), taps: [{ tap: 'tap\xff' }, { macvtap: 9 }] }])
  expect(failed).toEqual([])
})

test('looks through a known process if a new tap has no holder, or in its turn', () => {
  const tree: Record<string, FakeFile> = {
    '/proc/30/fd/3': { link: 'socket:[7]' },
    '/proc/31/fd/3': { link: '/dev/null' },
  }
  const look = prepare(tree)
  const processes = [process(30), process(31)]
  expect(look(processes, [7]).listed).toEqual(['/proc/30/fd', '/proc/31/fd'])
  expect(look(processes, [7]).listed).toEqual([])
  tree['/proc/31/fd/4'] = { link: 'socket:[9]' }
  const again = look(processes, [7, 9])
  expect(again.holders).toMatchObject([{ sockets: new Map([[7, 3]]) }, { sockets: new Map([[9, 4]]) }])
  expect(look(processes, [7, 9, 11]).listed).toHaveLength(2)
  expect(look(processes, [7, 9, 11]).listed).toEqual([])
  const turns = Array.from({ length: 16 }, () => look(processes, [7, 9, 11]).listed)
  expect(turns.flat().toSorted((a, b) => a.localeCompare(b))).toEqual(['/proc/30/fd', '/proc/31/fd'])
})

test('a young process is looked through every time', () => {
  const look = prepare({ '/proc/20/fd/3': { link: '/dev/null' } })
  expect([look([process(20, true)], []).listed, look([process(20, true)], []).listed]).toEqual([
    ['/proc/20/fd'],
    ['/proc/20/fd'],
  ])
})

test('a process with hidden descriptors is a failure if something has no holder', () => {
  const look = prepare({ '/proc/20/fd': { refused: 'EACCES' }, '/proc/20/stat': `20 (a) S 1${' 0'.repeat(20)}` })
  expect(look([process(20)], [])).toMatchObject({ closed: [{ pid: 20 }], failed: [] })
  expect(look([process(20)], [7], { tap1: '1:5' }).failed).toMatchObject([
    { probe: 'processes', error: expect.stringMatching(/^the holders of 2 raw ICMPv6 sockets and taps are unknown/) },
  ])
})

test('hidden descriptors of a zombie are no failure', () => {
  const look = prepare({ '/proc/20/fd': { refused: 'EACCES' }, '/proc/20/stat': `20 (a) Z 1${' 0'.repeat(20)}` })
  expect(look([process(20)], [7])).toMatchObject({ closed: [], failed: [] })
})

test("looks through a process again if its tap's name stands for another tap", () => {
  const tree: Record<string, FakeFile> = {
    '/proc/20/stat': STAT,
    '/proc/20/fd/5': { link: '/dev/net/tun' },
    '/proc/20/fdinfo/5': 'pos:\t0\niff:\ta\n',
  }
  const look = prepare(tree)
  const once = (taps: Record<string, string>) => {
    const { holders, fresh, listed } = look([process(20)], [], taps)
    return [holders.map((holder) => holder.taps), fresh, listed.length]
  }
  expect(once({ a: '1:5', b: '1:6' })).toEqual([[[{ tap: 'a' }]], ['a'], 1])
  expect(once({ a: '1:5', b: '1:6' })).toEqual([[[{ tap: 'a' }]], [], 0])
  // The two taps have exchanged their names.
  tree['/proc/20/fdinfo/5'] = 'pos:\t0\niff:\tb\n'
  expect(once({ a: '1:6', b: '1:5' })).toEqual([[[{ tap: 'b' }]], ['b'], 1])
})

test('looks for the holder again if another tap has the name', () => {
  const look = prepare({ '/proc/20/stat': STAT, '/proc/20/fd/5': { link: '/dev/null' } })
  expect([{ a: '1:5' }, { a: '1:5' }, { a: '1:9' }].map((taps) => look([process(20)], [], taps).listed.length)).toEqual(
    [1, 0, 1],
  )
})

test('a process whose pid was reused holds nothing', () => {
  const tree = {
    '/proc/20/fd/5': { link: '/dev/net/tun' },
    '/proc/20/fdinfo/5': 'pos:\t0\niff:\ta\n',
    '/proc/20/stat': STAT.replace(/1$/, '2'),
  }
  expect(prepare(tree)([process(20)], [], { a: '1:5' })).toMatchObject({ holders: [], failed: [] })
  const later: Record<string, FakeFile> = { ...tree, '/proc/20/stat': STAT }
  const look = prepare(later)
  expect(look([process(20)], [], { a: '1:5' }).holders).toHaveLength(1)
  later['/proc/20/stat'] = tree['/proc/20/stat']
  const passes = Array.from({ length: 16 }, () => look([process(20)], [], { a: '1:5' }).holders.length)
  expect([passes[0], passes.at(-1)]).toEqual([1, 0])
})

test('a file with the name of the tun driver does not hide other descriptors', () => {
  const look = prepare({
    '/proc/20/fd/3': { link: '/dev/net/tun' },
    '/proc/20/fdinfo/3': 'pos:\t0\nflags:\t02\nmnt_id:\t9\nino:\t7\n',
    '/proc/20/fd/4': { link: 'socket:[7]' },
  })
  expect(look([process(20)], [7])).toMatchObject({ holders: [{ sockets: new Map([[7, 4]]), taps: [] }], failed: [] })
})
