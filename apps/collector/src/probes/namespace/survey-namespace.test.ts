import { readFileSync } from 'node:fs'
import { NetlinkError } from '@slashzero/linux'
import { expect, test } from 'vitest'
import { stoppedClock } from '../../testing/fake-clock.ts'
import { SystemError } from '../../io/kernel.ts'
import type { Kernel } from '../../io/kernel.ts'
import { answerDump } from '../../testing/answer-dump.ts'
import { fakeKernel } from '../../testing/fake-kernel.ts'
import { recordRuns } from '../record-runs.ts'
import { createSurveyor } from './survey-namespace.ts'

const fixture = (path: string) =>
  readFileSync(new URL(`../../../../../packages/linux/fixtures/${path}`, import.meta.url), 'latin1')
const RAW6 = fixture('proc/net/raw6')
const OWN = { id: 1, name: null, entrance: null, tables: '/proc/thread-self/net' }
const OTHER = { id: 2, name: 'qrouter-1', entrance: '/run/netns/qrouter-1', tables: '/proc/913/net' }
const TREE = {
  '/proc/thread-self/net/raw6': RAW6,
  '/proc/913/net/raw6': RAW6,
  '/proc/sys/net/core/optmem_max': '20480\n',
}

function survey(
  namespace: typeof OWN | typeof OTHER,
  tree: Parameters<typeof fakeKernel>[0],
  calls: Partial<Kernel> = {},
) {
  const runs = recordRuns(stoppedClock(), 1000)
  const found = createSurveyor(fakeKernel(tree, calls))(namespace, runs)
  return { found, runs: runs.list().filter(({ outcome }) => outcome !== 'ok') }
}

test('reads the sockets, their memory and the limit', () => {
  const datagram = new Uint8Array(Buffer.from(fixture('netlink/sock-diag-raw-icmpv6.hex').trim(), 'hex'))
  const { found, runs } = survey(OWN, TREE, { dumpRawSockets: answerDump([datagram]) })
  expect(found).toMatchObject({
    rawSockets: [418760],
    links: [],
    limit: { optmemMaxBytes: 20480, optmemMaxSource: 'namespace' },
    diagnosed: new Map([[1414, 20440]]),
  })
  expect(runs).toEqual([])
})

test('a kernel without raw_diag is asked once, because each question starts modprobe', () => {
  let asked = 0
  const kernel = fakeKernel(TREE, {
    dumpRawSockets: () => {
      asked += 1
      throw new NetlinkError('sock_diag', 2)
    },
  })
  const look = createSurveyor(kernel)
  const runs = recordRuns(stoppedClock(), 1000)
  const surveys = [look(OWN, runs), look(OTHER, runs), look(OWN, runs)]
  expect(surveys.map(({ diagnosed }) => diagnosed)).toEqual(
    Array.from({ length: 3 }, () => ({ unavailable: expect.stringContaining('raw_diag') })),
  )
  expect(asked).toBe(1)
})

test('a closed namespace still shows its sockets, and the run says what is missing', () => {
  const refuse = {
    inNamespace: () => {
      throw new SystemError('setns', 'EPERM')
    },
  }
  const { found, runs } = survey(OTHER, TREE, refuse)
  expect(found).toMatchObject({
    rawSockets: [418760],
    links: null,
    limit: { optmemMaxBytes: null, optmemMaxSource: null },
  })
  expect(runs).toMatchObject([
    { probe: 'namespaces', outcome: 'failed', error: expect.stringMatching(/^cannot enter qrouter-1.*CAP_SYS_ADMIN/) },
  ])
})

test('a namespace that ended meanwhile is no failure', () => {
  const refuse = {
    inNamespace: () => {
      throw new SystemError('/run/netns/qrouter-1', 'ENOENT')
    },
  }
  expect(survey(OTHER, TREE, refuse)).toMatchObject({ found: { rawSockets: [], links: null }, runs: [] })
})

test('a kernel without IPv6 has nothing to read, which is no failure', () => {
  const { found, runs } = survey(OWN, { '/proc/sys/net/core/optmem_max': '20480\n' })
  expect(found.rawSockets).toEqual([])
  expect(runs).toMatchObject([{ probe: 'senders', outcome: 'absent', error: expect.stringContaining('no IPv6') }])
})

test('a broken limit is a failure and unknown', () => {
  const { found, runs } = survey(OWN, { ...TREE, '/proc/sys/net/core/optmem_max': '' })
  expect(found.limit).toEqual({ optmemMaxBytes: null, optmemMaxSource: null })
  expect(runs).toMatchObject([{ probe: 'limit', outcome: 'failed' }])
})
