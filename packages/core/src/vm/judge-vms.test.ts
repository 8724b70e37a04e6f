import {
  buildCheck,
  buildNamespace,
  buildReport,
  buildSender,
  buildSocket,
  buildTap,
} from '@slashzero/contract/testing'
import { expect, test } from 'vitest'
import type { HypervisorState, SocketState } from '../state.ts'
import { judgeAll } from '../testing/judge-all.ts'
import { judgeVms } from './judge-vms.ts'

const COUNT = 20

/** Half of the VMs lack their route. */
function judgeMany(): HypervisorState {
  const places = Array.from({ length: COUNT }, (_, index) => index + 1)
  const namespaces = places.map((id) =>
    buildNamespace({
      id,
      senders: [
        buildSender({ pid: id, sockets: [buildSocket({ inode: 2 * id }), buildSocket({ inode: 2 * id + 1 })] }),
      ],
      taps: [buildTap(id)],
    }),
  )
  const vms = [...places.map((id) => buildTap(id).vm), ...places.map((id) => ({ name: `bare-${id}`, uuid: null }))]
  const routeChecks = vms.flatMap((vm, index) =>
    vm === null ? [] : [buildCheck(0, { vm, ...(index % 2 === 0 ? { defaultRoute: 'absent', gateway: null } : {}) })],
  )
  return judgeAll([buildReport(0, { namespaces, routeChecks })]).state
}

test('each VM looks only at the sockets of its own namespaces', () => {
  const { taps, sockets, vms, observedAt } = judgeMany()
  let reads = 0
  const counted = sockets.map((socket): SocketState => {
    return new Proxy(socket, {
      get(target, field) {
        reads += 1
        return Reflect.get(target, field)
      },
    })
  })
  const followed = vms.map((vm) => ({ ...vm, previous: vm }))
  expect(vms).toHaveLength(2 * COUNT)
  judgeVms(followed, { taps, sockets: counted, observedAt, silent: false, now: observedAt })
  expect(reads).toBeGreaterThanOrEqual(sockets.length)
  expect(reads).toBeLessThan(10 * sockets.length)
})
