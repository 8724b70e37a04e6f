import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { pace } from './pace.ts'

describe('pace', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('hands on together what moved together, and keeps its distance', () => {
    const runs: (string | null)[][] = []
    const pacer = pace((moved) => runs.push([...moved]), { soon: 200, apart: 3000 })
    pacer.note('hv_1')
    pacer.note('hv_2')
    pacer.note('hv_1')
    vi.advanceTimersByTime(199)
    expect(runs).toEqual([])
    vi.advanceTimersByTime(1)
    expect(runs).toEqual([['hv_1', 'hv_2']])
    pacer.note(null)
    vi.advanceTimersByTime(2999)
    expect(runs.length).toBe(1)
    vi.advanceTimersByTime(1)
    expect(runs[1]).toEqual([null])
    vi.advanceTimersByTime(60_000)
    expect(runs.length).toBe(2)
  })

  it('runs no more once stopped', () => {
    const run = vi.fn<() => void>()
    const pacer = pace(run, { soon: 200, apart: 3000 })
    pacer.note('hv_1')
    pacer.stop()
    vi.advanceTimersByTime(10_000)
    expect(run).not.toHaveBeenCalled()
  })
})
