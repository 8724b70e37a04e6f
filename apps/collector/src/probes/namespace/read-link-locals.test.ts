import { expect, test } from 'vitest'
import { stoppedClock } from '../../testing/fake-clock.ts'
import { fakeKernel } from '../../testing/fake-kernel.ts'
import type { FakeFile } from '../../testing/fake-kernel.ts'
import { recordRuns } from '../record-runs.ts'
import { createLinkLocalsReader } from './read-link-locals.ts'
import { readTaps } from './read-taps.ts'

const LINK = {
  kind: 'tun',
  ethernet: true,
  up: true,
  multicast: true,
  vlanOf: null,
  forwarding: true,
  ipv6Disabled: false,
  mtu: 1500,
}
const BRIDGES = { br0: 9, ovs0: 10 }
const UNREAD = { routerSolicitsIn: null, routerAdvertsIn: null, routerAdvertsOut: null }

/** `masters`: of tap7, tap8 and so on. */
function readWith(
  readLocals: ReturnType<typeof createLinkLocalsReader>,
  masters: readonly (keyof typeof BRIDGES | null)[],
) {
  const taps = masters.map((master, index) => {
    return Object.assign({}, LINK, { ifindex: index + 7, name: `tap${index + 7}`, master: master && BRIDGES[master] })
  })
  const bridges = [
    { ...LINK, ifindex: 9, name: 'br0', kind: 'bridge', master: null },
    { ...LINK, ifindex: 10, name: 'ovs0', kind: 'openvswitch', master: null },
  ]
  const runs = recordRuns(stoppedClock(), 1000)
  const links = [...taps, ...bridges]
  const found = readTaps(taps, links, null, () => UNREAD, runs, { readLocals: () => readLocals(runs) })
  const { outcome } = runs.list().find(({ probe }) => probe === 'link-local-addresses') ?? {}
  return { outcome, locals: found.taps.map(({ linkLocals }) => linkLocals) }
}

function read(file: FakeFile, masters: readonly (keyof typeof BRIDGES | null)[]) {
  return readWith(createLinkLocalsReader(fakeKernel({ [FILE]: file })), masters)
}

const FILE = '/proc/thread-self/net/if_inet6'
const row = (address: string, ifindex: string, flags: string, name: string) =>
  `${address.padStart(32, '0')} ${ifindex} 40 20 ${flags} ${name}\n`
const TABLE = [
  row('fe80000000000000fc5400fffe000007', '07', '80', 'tap7'),
  row('20010db8000000000000000000000001', '07', '80', 'tap7'),
  row('fe800000000000000000000000000001', '09', '48', 'br0'),
  row('fe800000000000000000000000000002', '09', '40', 'br0'),
].join('')

test('reads the link-local addresses of the tap or its bridge, with their states', () => {
  expect(read(TABLE, [null, 'br0', 'ovs0'])).toEqual({
    outcome: 'ok',
    locals: [
      [{ address: 'fe80::fc54:ff:fe00:7', state: 'usable' }],
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
  expect(read(file, [null])).toEqual({ outcome, locals: [undefined] })
})

test('a tap without an address has none, and addresses that stay are the same objects', () => {
  const tree = { [FILE]: TABLE }
  const readLocals = createLinkLocalsReader(fakeKernel(tree))
  const first = readWith(readLocals, [null, null]).locals
  expect(first[1]).toEqual([])
  tree[FILE] = TABLE + row('fe800000000000000000000000000003', '08', '80', 'tap8')
  const [same, added] = readWith(readLocals, [null, null]).locals
  expect(same).toBe(first[0])
  expect(added).toEqual([{ address: 'fe80::3', state: 'usable' }])
})
