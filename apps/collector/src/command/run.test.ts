import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Report } from '@slashzero/contract/report'
import { goldenReport } from '@slashzero/contract/testing'
import { expect, test } from 'vitest'
import { fakeTime } from '../testing/fake-clock.ts'
import { run } from './run.ts'

const golden = goldenReport()

type Parts = { pass?: () => Promise<Report>; stop?: () => Promise<void> }

/** Runs with an interval of 100 ms until aborted; `reports` are the times of the reports. */
function start({ pass = async () => golden, stop = async () => undefined }: Parts = {}) {
  const abort = new AbortController()
  const { clock, sleep, waits } = fakeTime()
  const reports: number[] = []
  const delivery = {
    enqueue: () => {
      reports.push(clock.monotonic())
      if (reports.length === 4) abort.abort()
    },
    stop,
  }
  const rest = { intervalMilliseconds: 100, signal: abort.signal, random: () => 1, clock, sleep }
  return { abort, reports, waits, ended: run({ pass, delivery, ...rest }) }
}

test('reports at once, then early by a part of the interval, then every interval', async () => {
  const { reports, ended } = start()
  await ended
  expect(reports).toEqual([0, 50, 150, 250])
})

test('an early report comes at once, waits for no guest and moves no other report', async () => {
  const abort = new AbortController()
  const { clock, sleep } = fakeTime()
  const passes: { at: number; patient: boolean }[] = []
  let wanted = new AbortController()
  let early = 0
  const pass = async (patience?: AbortSignal) => {
    passes.push({ at: clock.monotonic(), patient: patience?.aborted !== true })
    if (passes.length === 6) abort.abort()
    return golden
  }
  const watch = {
    wanted: () => wanted.signal,
    passed: () => {
      wanted = new AbortController()
      if ((early += 1) % 2 === 1) void sleep(30).then(() => wanted.abort())
    },
  }
  const delivery = { enqueue: () => undefined, stop: async () => undefined }
  const rest = { intervalMilliseconds: 200, signal: abort.signal, random: () => 0, clock, sleep }
  await run({ pass, delivery, watch, ...rest })
  expect(passes.map(({ patient }) => patient)).toEqual([true, false, true, false, true, false])
  expect(passes.map(({ at }) => at)).toEqual([0, 30, 200, 230, 400, 430])
})

test('every report names the interval', async () => {
  const abort = new AbortController()
  const delivery = {
    enqueue: ({ intervalSeconds }: Report) => abort.abort(intervalSeconds),
    stop: async () => undefined,
  }
  await run({ pass: async () => golden, delivery, intervalMilliseconds: 1500, signal: abort.signal, ...fakeTime() })
  expect(abort.signal.reason).toBe(1.5)
})

test('keeps no report in memory after the delivery has it', async () => {
  setFlagsFromString('--expose-gc')
  const collectGarbage: () => void = runInNewContext('gc')
  const abort = new AbortController()
  const made: WeakRef<Report>[] = []
  const many = Promise.withResolvers<void>()
  const pass = async () => {
    const one = { ...golden }
    made.push(new WeakRef(one))
    if (made.length === 30) many.resolve()
    return one
  }
  const delivery = { enqueue: () => undefined, stop: async () => undefined }
  const ended = run({ pass, delivery, intervalMilliseconds: 5, signal: abort.signal, ...fakeTime() })
  await many.promise
  await setImmediate()
  collectGarbage()
  const kept = made.filter((one) => one.deref() !== undefined).length
  abort.abort()
  await ended
  expect(made.length).toBeGreaterThan(20)
  expect(kept).toBeLessThan(5)
})

test('a pass that fails is followed by the next one', async () => {
  let passes = 0
  const pass = async () => {
    passes += 1
    if (passes === 1) throw new Error('the kernel said no')
    return golden
  }
  const { reports, ended } = start({ pass })
  await ended
  expect(reports[0]).toBe(50)
})

test('ends within a second, even while a pass and the server hang', async () => {
  const hang = () => new Promise<never>(() => undefined)
  const { abort, reports, waits, ended } = start({ pass: hang, stop: hang })
  abort.abort()
  await ended
  expect(waits).toEqual([700])
  expect(reports).toEqual([])
})
