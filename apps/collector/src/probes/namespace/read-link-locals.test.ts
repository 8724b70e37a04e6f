import { expect, test } from 'vitest'
import { stoppedClock } from '../../testing/fake-clock.ts'
import { fakeKernel } from '../../testing/fake-kernel.ts'
import type { FakeFile } from '../../testing/fake-kernel.ts'
import { recordRuns } from '../record-runs.ts'
import { addLinkLocals } from './read-link-locals.ts'
import type { Tap } from './read-taps.ts'

const LINK = {
  kind: 'tun',
  ethernet: true,
  up: true,
  multicast: true,
  master: null,
  vlanOf: null,
  forwarding: true,
  ipv6Disabled: false,
  icmpMark: null,
  mtu: 1500,
}
const LINKS = [7, 8, 9].map((ifindex) =>
  Object.assign({}, LINK, { ifindex, name: ifindex === 9 ? 'br0' : `tap${ifindex}` }),
)

function read(file: FakeFile, listeners: readonly (string | null)[]) {
  const taps = listeners.map((listener, index): Tap => {
    const name = `tap${index + 7}`
    const unread = { allRoutersUsers: 1, routerSolicitsIn: 0, routerAdvertsIn: 0, routerAdvertsOut: 0 }
    return { ifindex: index + 7, name, byteName: name, kind: 'tap', listener, up: true, forwarding: true, ...unread }
  })
  const runs = recordRuns(stoppedClock(), 1000)
  const kernel = fakeKernel({ '/proc/thread-self/net/if_inet6': file })
  const added = addLinkLocals(taps, LINKS, kernel, runs)
  const { outcome } = runs.list().find(({ probe }) => probe === 'link-local-addresses') ?? {}
  return { outcome, locals: added.map(({ linkLocals }) => linkLocals) }
}

const row = (address: string, ifindex: string, flags: string, name: string) =>
  `${address.padStart(32, '0')} ${ifindex} 40 20 ${flags} ${name}\n`
const TABLE = [
  row('fe80000000000000fc5400fffe000007', '07', '80', 'tap7'),
  row('20010db8000000000000000000000001', '07', '80', 'tap7'),
  row('fe800000000000000000000000000001', '09', '48', 'br0'),
  row('fe800000000000000000000000000002', '09', '40', 'br0'),
].join('')

test('reads the link-local addresses of the tap or its bridge, with their states', () => {
  expect(read(TABLE, ['tap7', 'tap8', 'br0', null])).toEqual({
    outcome: 'ok',
    locals: [
      [{ address: 'fe80::fc54:ff:fe00:7', state: 'usable' }],
      [],
      [
        { address: 'fe80::1', state: 'duplicate' },
        { address: 'fe80::2', state: 'tentative' },
      ],
      undefined,
    ],
  })
})

test.each([
  { name: 'a table that cannot be parsed', file: 'nonsense\n', outcome: 'failed' },
  { name: 'a refused table', file: { refused: 'EACCES' }, outcome: 'failed' },
  { name: 'a kernel without IPv6', file: { refused: 'ENOENT' }, outcome: 'absent' },
])('$name is not a tap without addresses', ({ file, outcome }) => {
  expect(read(file, ['tap7'])).toEqual({ outcome, locals: [undefined] })
})
