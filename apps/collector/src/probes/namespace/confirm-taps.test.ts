import { expect, test } from 'vitest'
import { stoppedClock } from '../../testing/fake-clock.ts'
import type { Dump } from '../../io/kernel.ts'
import { answerDump } from '../../testing/answer-dump.ts'
import { fakeKernel } from '../../testing/fake-kernel.ts'
import { recordRuns } from '../record-runs.ts'
import { confirmTaps } from './confirm-taps.ts'
import type { Tap } from './read-taps.ts'
import type { Survey } from './survey-namespace.ts'
import { SystemError } from '../../io/kernel.ts'

const UNREAD = {
  up: true,
  forwarding: null,
  allRoutersUsers: null,
  routerSolicitsIn: null,
  routerAdvertsIn: null,
  routerAdvertsOut: null,
}
const TAP: Tap = { ifindex: 5, name: 'tap5', byteName: 'tap5', listener: 'tap5', kind: 'tap', ...UNREAD }
const SURVEY: Survey = {
  namespace: { id: 1, name: 'r1', entrance: null, tables: null },
  rawSockets: [],
  rawRows: new Map(),
  links: [],
  taps: [TAP],
  unjoined: new Set(),
  readNamed: () => [],
  joinedInterfaces: null,
  limit: { optmemMaxBytes: null, optmemMaxSource: null },
  diagnosed: { unavailable: 'not asked' },
}

/** The answer of a dump: one RTM_NEWLINK with this name. */
function dumpOf(ifindex: number, name: string): Dump {
  const attribute = 4 + name.length + 1
  const length = 16 + 16 + Math.ceil(attribute / 4) * 4
  const bytes = new Uint8Array(length + 20)
  const data = new DataView(bytes.buffer)
  data.setUint32(0, length, true)
  data.setUint16(4, 16, true)
  data.setInt32(20, ifindex, true)
  data.setUint16(32, attribute, true)
  data.setUint16(34, 3, true)
  bytes.set(new TextEncoder().encode(name), 36)
  data.setUint32(length, 20, true)
  data.setUint16(length + 4, 3, true)
  return answerDump([bytes])
}

test.each([
  { name: 'with an unchanged name', input: dumpOf(5, 'tap5'), expected: [] },
  { name: 'renamed in between', input: dumpOf(5, 'tap9'), expected: [TAP] },
  { name: 'replaced in between', input: dumpOf(9, 'tap5'), expected: [TAP] },
  {
    name: 'whose interfaces cannot be read again',
    input: () => {
      throw new SystemError('send', 'ENOBUFS')
    },
    expected: [TAP],
  },
])('a tap $name', ({ input, expected }) => {
  const kernel = fakeKernel({}, { dumpLinks: input })
  expect([...confirmTaps(kernel, [SURVEY], new Set(['tap5']), recordRuns(stoppedClock(), 1000))]).toEqual(expected)
})

test('nothing is asked if no holder is new', () => {
  const kernel = fakeKernel({}, { dumpLinks: () => expect.fail('asked') })
  expect([...confirmTaps(kernel, [SURVEY], new Set(['tap6']), recordRuns(stoppedClock(), 1000))]).toEqual([])
})
