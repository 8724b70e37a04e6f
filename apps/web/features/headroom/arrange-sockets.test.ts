import { describe, expect, it } from 'vitest'
import { arrangeSockets } from './arrange-sockets.ts'
import { point, socket } from './testing/sockets.ts'

describe('arrangeSockets', () => {
  it('joins the sockets of a restarted sender under the latest key', () => {
    const lines = arrangeSockets([
      socket('1:200', [point(5, 56, 0)], { pid: 950 }),
      socket('1:100', [point(0, 560, 560), point(4, 560, 1120)]),
    ])
    expect(lines.map(({ key, pid, sockets }) => ({ key, pid, joined: sockets.map((one) => one.key) }))).toEqual([
      { key: '1:200', pid: 950, joined: ['1:100', '1:200'] },
    ])
  })

  it('keeps simultaneous sockets and other senders apart', () => {
    const lines = arrangeSockets([
      socket('1:100', [point(0, 56, 0), point(9, 56, 0)]),
      socket('1:101', [point(1, 56, 0), point(9, 56, 0)]),
      socket('2:300', [point(20, 56, 0)], { namespace: 'qrouter-1' }),
      socket('1:400', [point(20, 56, 0)], { daemon: 'dnsmasq' }),
    ])
    expect(lines.map(({ key }) => key)).toEqual(['1:100', '1:101', '2:300', '1:400'])
  })
})
