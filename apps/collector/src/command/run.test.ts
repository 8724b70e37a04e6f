import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Report } from '@slashzero/contract/report'
import { goldenReport } from '@slashzero/contract/testing'
import { expect, test } from 'vitest'
import { run } from './run.ts'

const golden = goldenReport()

function start(pass: () => Promise<Report>, stop: () => Promise<void> = async () => undefined) {
  const abort = new AbortController()
  const reports: number[] = []
  const delivery = { enqueue: () => void reports.push(performance.now()), stop }
  const ended = run({ pass, delivery, intervalMilliseconds: 100, signal: abort.signal, random: () => 1 })
  return { abort, reports, ended }
}

test('reports at once, then early by a part of the interval, then every interval', async () => {
  const { abort, reports, ended } = start(async () => golden)
  await sleep(320)
  abort.abort()
  await ended
  const gaps = reports.slice(1).map((at, index) => at - (reports[index] ?? 0))
  expect(reports.length).toBeGreaterThanOrEqual(3)
  expect(gaps[0]).toBeLessThan(95)
})

test('what is wanted early comes at once, waits for no guest and moves no other report', async () => {
  const abort = new AbortController()
  const passes: { at: number; patient: boolean }[] = []
  let wanted = new AbortController()
  let early = 0
  const pass = async (patience?: AbortSignal) => {
    passes.push({ at: performance.now(), patient: patience?.aborted !== true })
    return golden
  }
  const watch = {
    wanted: () => wanted.signal,
    passed: () => {
      wanted = new AbortController()
      if ((early += 1) % 2 === 1) setTimeout(() => wanted.abort(), 30)
    },
  }
  const delivery = { enqueue: () => undefined, stop: async () => undefined }
  const since = performance.now()
  const ended = run({ pass, delivery, intervalMilliseconds: 200, watch, signal: abort.signal, random: () => 0 })
  await sleep(500)
  abort.abort()
  await ended
  expect(passes.map(({ patient }) => patient)).toEqual([true, false, true, false, true, false])
  const regular = passes.filter(({ patient }) => patient).map(({ at }) => Math.round((at - since) / 100))
  expect(regular).toEqual([0, 2, 4])
})

test('every report names the interval', async () => {
  const abort = new AbortController()
  const delivery = {
    enqueue: ({ intervalSeconds }: Report) => abort.abort(intervalSeconds),
    stop: async () => undefined,
  }
  await run({ pass: async () => golden, delivery, intervalMilliseconds: 1500, signal: abort.signal })
  expect(abort.signal.reason).toBe(1.5)
})

test('keeps no report in memory that it has handed on', async () => {
  setFlagsFromString('--expose-gc')
  const collectGarbage: () => void = runInNewContext('gc')
  const abort = new AbortController()
  const made: WeakRef<Report>[] = []
  const pass = async () => {
    const one = { ...golden }
    made.push(new WeakRef(one))
    return one
  }
  const ended = run({
    pass,
    delivery: { enqueue: () => undefined, stop: async () => undefined },
    intervalMilliseconds: 5,
    signal: abort.signal,
  })
  await sleep(300)
  collectGarbage()
  const kept = made.filter((one) => one.deref() !== undefined).length
  abort.abort()
  await ended
  expect(made.length).toBeGreaterThan(20)
  expect(kept).toBeLessThan(5)
})

test('a pass that fails is followed by the next one', async () => {
  let passes = 0
  const { abort, reports, ended } = start(async () => {
    passes += 1
    if (passes === 1) throw new Error('the kernel said no')
    return golden
  })
  await sleep(200)
  abort.abort()
  await ended
  expect(reports.length).toBeGreaterThan(0)
})

test('ends within a second, even while a pass and the server hang', async () => {
  const { abort, reports, ended } = start(
    () => sleep(5000, golden, { ref: false }),
    () => sleep(5000, undefined, { ref: false }),
  )
  await sleep(20)
  const since = performance.now()
  abort.abort()
  await ended
  expect(performance.now() - since).toBeLessThan(1000)
  expect(reports).toEqual([])
})
