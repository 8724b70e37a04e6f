import type { LiveChange, Watched } from '@slashzero/contract/page'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createWatch, type LiveReads } from './watch-fleet.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('a page hears the new state of what it watches, and nothing else', async () => {
  const { publish, open } = start()
  const page = open({ hypervisors: ['hv_1'] })
  publish(moved('hv_1'))
  publish(moved('hv_2'))
  await vi.advanceTimersByTimeAsync(0)
  expect(page.heard).toEqual([{ now: 'now', hypervisors: [patch('hv_1', 1)] }])
  publish(moved('hv_2'))
  await vi.advanceTimersByTimeAsync(5000)
  expect(page.heard).toHaveLength(1)
})

test('many reports of a second make one query and one message', async () => {
  const { publish, open, queries } = start()
  const [one, other] = [open({ hypervisors: ['hv_1', 'hv_2'] }), open({ hypervisors: ['hv_2'] })]
  publish(moved('hv_1'))
  await vi.advanceTimersByTimeAsync(0)
  for (let index = 0; index < 700; index += 1) publish(moved(index % 2 === 0 ? 'hv_1' : 'hv_2', index === 0))
  await vi.advanceTimersByTimeAsync(1000)
  expect(queries).toEqual([['hv_1'], ['hv_1', 'hv_2']])
  expect(one.heard[1]?.hypervisors).toEqual([{ ...patch('hv_1', 2), verdict: true }, patch('hv_2', 2)])
  expect(other.heard).toEqual([{ now: 'now', hypervisors: [patch('hv_2', 2)] }])
})

test('the figures of the fleet arrive only if they changed', async () => {
  const { publish, open, totals } = start()
  const page = open({ totals: true })
  publish(moved('hv_9'))
  await vi.advanceTimersByTimeAsync(0)
  publish(moved('hv_9'))
  await vi.advanceTimersByTimeAsync(1000)
  totals.vms = 8
  publish(moved('hv_9'))
  await vi.advanceTimersByTimeAsync(1000)
  expect(page.heard.map((change) => change.totals?.vms)).toEqual([7, 8])
})

test('a page reads again when hypervisors came or went, and after a failed read', async () => {
  const { publish, open, fail } = start()
  const page = open({ hypervisors: ['hv_1'] })
  publish(moved(null, true))
  await vi.advanceTimersByTimeAsync(0)
  expect(page.heard).toEqual([{ now: 'now', reread: true }])
  fail()
  publish(moved('hv_1'))
  await vi.advanceTimersByTimeAsync(1000)
  expect(page.heard[1]).toEqual({ now: 'now', reread: true })
})

test('a reader that does not read costs one entry for each watched hypervisor', async () => {
  const { publish, watch } = start()
  const stream = watch('ada', { hypervisors: ['hv_1'], totals: false }, new AbortController().signal)
  for (let second = 0; second < 100; second += 1) {
    publish(moved('hv_1', second === 3))
    await vi.advanceTimersByTimeAsync(1000)
  }
  const { value } = await stream.next()
  expect(value).toEqual({ now: 'now', hypervisors: [{ ...patch('hv_1', 100), verdict: true }] })
})

test('a person has at most 20 streams, and an ended stream makes room', async () => {
  const { watch } = start()
  const leaving = new AbortController()
  for (let index = 0; index < 19; index += 1) watch('ada', NOTHING, new AbortController().signal)
  // A stream that nobody has begun to read.
  watch('ada', NOTHING, leaving.signal)
  expect(() => watch('ada', NOTHING, new AbortController().signal)).toThrow('20 live pages')
  watch('bob', NOTHING, new AbortController().signal)
  leaving.abort()
  watch('ada', NOTHING, new AbortController().signal)
})

test('a stream ends by itself after five minutes', async () => {
  const { publish, open } = start()
  const page = open({ hypervisors: ['hv_1'] })
  await vi.advanceTimersByTimeAsync(300_000)
  await page.ended
  publish(moved('hv_1'))
  await vi.advanceTimersByTimeAsync(1000)
  expect(page.heard).toEqual([])
})

const NOTHING: Watched = { hypervisors: [], totals: false }

function moved(hypervisorId: string | null, verdict = false) {
  return { hypervisorId, verdict }
}

/** The state of a hypervisor in the nth read. */
function patch(id: string, joinsLeft: number) {
  return {
    id,
    status: 'healthy' as const,
    statusReason: '',
    statusSince: 'then',
    lastSeenAt: null,
    observedAt: null,
    goesDark: null,
    vms: { total: 0, missing: 0, unknown: 0 },
    optmemBytes: null,
    optmemMaxBytes: null,
    memberships: null,
    staleMemberships: null,
    joinsLeft,
    fullAt: null,
    verdict: false,
  }
}

function start() {
  const queries: string[][] = []
  let isAway = false
  const statuses = {
    healthy: 0,
    'not-measurable': 0,
    leaking: 0,
    'at-risk': 0,
    silent: 0,
    'joins-blocked': 0,
    'no-sender': 0,
    'sends-blocked': 0,
  }
  const counts = { vmsMissing: 0, vmsExpiring: 0, vmsUnknown: 0, vmsDark: 0, hypervisorsWithMissing: 0 }
  const totals = { hypervisors: 1, statuses, vms: 7, ...counts }
  const reads: LiveReads = {
    now: () => 'now',
    async readChanged(ids) {
      if (isAway) throw new Error('away')
      if (ids.length > 0) queries.push([...ids])
      return new Map(ids.map((id) => [id, patch(id, queries.length)]))
    },
    readTotals: async () => ({ ...totals }),
    onError: () => undefined,
  }
  const { watch, publish } = createWatch(reads)
  return {
    queries,
    totals,
    watch,
    publish,
    fail: () => {
      isAway = true
    },
    open: (watched: Partial<Watched>) => {
      const heard: LiveChange[] = []
      const stream = watch('ada', { ...NOTHING, ...watched }, new AbortController().signal)
      const ended = (async () => {
        for await (const change of stream) heard.push(change)
      })()
      return { heard, ended }
    },
  }
}
