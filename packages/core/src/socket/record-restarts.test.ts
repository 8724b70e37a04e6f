import { buildNamespace, buildReport, buildSender, buildSocket } from '@slashzero/contract/testing'
import { expect, test } from 'vitest'
import type { SocketState } from '../state.ts'
import { judgeAll } from '../testing/judge-all.ts'
import { recordRestarts } from './record-restarts.ts'

/** The sockets of one sender in each of `count` namespaces, with inodes from `first` on. */
function socketsFrom(first: number, count: number): readonly SocketState[] {
  const namespaces = Array.from({ length: count }, (_, nth) =>
    buildNamespace({
      id: nth + 1,
      senders: [buildSender({ pid: nth + 1, sockets: [buildSocket({ inode: first + nth })] })],
    }),
  )
  return judgeAll([buildReport(0, { namespaces })]).state.sockets
}

test('each new socket replaces one gone socket of its daemon and namespace', () => {
  const restarts = recordRestarts(socketsFrom(1, 2), socketsFrom(101, 3), 1000, false)
  expect(restarts.map(({ from, to }) => [from, to])).toEqual([
    ['1:1', '1:101'],
    ['2:2', '2:102'],
    [null, '3:103'],
  ])
})

test('a report of only new sockets looks at each gone socket a few times', () => {
  let reads = 0
  const gone = socketsFrom(1, 300).map((socket): SocketState => {
    return new Proxy(socket, {
      get(target, field) {
        reads += 1
        return Reflect.get(target, field)
      },
    })
  })
  expect(recordRestarts(gone, socketsFrom(1001, 300), 1000, false)).toHaveLength(300)
  expect(reads).toBeLessThan(20 * gone.length)
})
