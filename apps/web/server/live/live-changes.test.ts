import type { Change } from '@slashzero/contract/page'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLiveChanges } from './live-changes.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('a change arrives at once, and a hypervisor at most once a second', async () => {
  const { live, told, stop } = subscribe()
  live.publish(moved('hv_1'))
  await vi.advanceTimersByTimeAsync(0)
  expect(told).toEqual(['hv_1'])
  for (let index = 0; index < 100; index += 1) live.publish(moved(index % 2 === 0 ? 'hv_1' : 'hv_2'))
  await vi.advanceTimersByTimeAsync(999)
  expect(told).toEqual(['hv_1'])
  await vi.advanceTimersByTimeAsync(1)
  expect(told).toEqual(['hv_1', 'hv_1', 'hv_2'])
  await vi.advanceTimersByTimeAsync(10_000)
  expect(told).toHaveLength(3)
  await stop()
})

test('every subscriber hears a change, and no subscriber after it has left', async () => {
  const live = createLiveChanges()
  const first = subscribe(live)
  const second = subscribe(live)
  live.publish(moved(null))
  await vi.advanceTimersByTimeAsync(0)
  await first.stop()
  live.publish(moved('hv_1'))
  await vi.advanceTimersByTimeAsync(1000)
  expect(first.told).toEqual([null])
  expect(second.told).toEqual([null, 'hv_1'])
  await second.stop()
})

test('a signal that aborted before ends the stream at once', async () => {
  expect(await createLiveChanges().changes(AbortSignal.abort()).next()).toEqual({ done: true, value: undefined })
})

test('a changed verdict arrives even if figures move after the verdict', async () => {
  const { live, changes, stop } = subscribe()
  live.publish(moved('hv_1'))
  await vi.advanceTimersByTimeAsync(0)
  live.publish({ hypervisorId: 'hv_1', verdict: true })
  live.publish(moved('hv_1'))
  await vi.advanceTimersByTimeAsync(1000)
  live.publish(moved('hv_1'))
  await vi.advanceTimersByTimeAsync(1000)
  expect(changes.map(({ verdict }) => verdict)).toEqual([false, true, false])
  await stop()
})

test('a stream ends by itself after five minutes', async () => {
  const { live, told, ended } = subscribe()
  await vi.advanceTimersByTimeAsync(300_000)
  await ended
  live.publish(moved('hv_1'))
  expect(told).toEqual([])
})

function moved(hypervisorId: string | null) {
  return { hypervisorId, verdict: false }
}

function subscribe(live = createLiveChanges()) {
  const told: (string | null)[] = []
  const changes: Change[] = []
  const leaving = new AbortController()
  const ended = (async () => {
    for await (const change of live.changes(leaving.signal)) {
      told.push(change.hypervisorId)
      changes.push(change)
    }
  })()
  return {
    live,
    told,
    changes,
    ended,
    stop: () => {
      leaving.abort()
      return ended
    },
  }
}
