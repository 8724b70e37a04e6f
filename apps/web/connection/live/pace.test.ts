import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { pace } from './pace.ts'

const CALM = { soon: 200, apart: 3000 }
const URGENT = { soon: 50, apart: 1000 }

describe('pace', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('runs once for simultaneous notes, and waits before the next run', async () => {
    const { runs, pacer } = watch()
    pacer.note('hv_1', CALM)
    pacer.note('hv_2', CALM)
    pacer.note('hv_1', CALM)
    await vi.advanceTimersByTimeAsync(199)
    expect(runs).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(runs).toEqual([['hv_1', 'hv_2']])
    pacer.note(null, CALM)
    await vi.advanceTimersByTimeAsync(2999)
    expect(runs.length).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(runs[1]).toEqual([null])
    await vi.advanceTimersByTimeAsync(60_000)
    expect(runs.length).toBe(2)
  })

  it('an urgent note does not wait for a slow pace', async () => {
    const { runs, pacer } = watch()
    pacer.note('hv_1', CALM)
    await vi.advanceTimersByTimeAsync(200)
    pacer.note('hv_2', CALM)
    await vi.advanceTimersByTimeAsync(900)
    pacer.note('hv_3', URGENT)
    pacer.note('hv_4', CALM)
    await vi.advanceTimersByTimeAsync(99)
    expect(runs.length).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(runs[1]).toEqual(['hv_2', 'hv_3', 'hv_4'])
  })

  it('ends a slow run before the next begins', async () => {
    const { runs, pacer } = watch(() => new Promise((resolve) => setTimeout(resolve, 5000)))
    pacer.note('hv_1', URGENT)
    await vi.advanceTimersByTimeAsync(50)
    for (let second = 0; second < 4; second += 1) {
      pacer.note('hv_2', URGENT)
      await vi.advanceTimersByTimeAsync(1000)
    }
    expect(runs.length).toBe(1)
    await vi.advanceTimersByTimeAsync(2000)
    expect(runs).toEqual([['hv_1'], ['hv_2']])
  })

  it('continues after a failed run', async () => {
    const { runs, pacer } = watch(() => Promise.reject(new Error('away')))
    pacer.note('hv_1', URGENT)
    await vi.advanceTimersByTimeAsync(50)
    pacer.note('hv_2', URGENT)
    await vi.advanceTimersByTimeAsync(1000)
    expect(runs.length).toBe(2)
  })

  it('does not run after a stop', async () => {
    const { runs, pacer } = watch()
    pacer.note('hv_1', CALM)
    pacer.stop()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(runs).toEqual([])
  })
})

function watch(work = () => Promise.resolve()) {
  const runs: (string | null)[][] = []
  const pacer = pace((moved) => {
    runs.push([...moved])
    return work()
  })
  return { runs, pacer }
}
