import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { report } from '@slashzero/contract'
import type { Report } from '@slashzero/contract'
import { expect, test } from 'vitest'
import { run } from './run.ts'

const golden = report.parse(JSON.parse(readFileSync(new URL('../../../../packages/contract/fixtures/report-v1.json', import.meta.url), 'utf8')))

function start(pass: () => Promise<Report>, stop: () => Promise<void> = async () => undefined) {
  const abort = new AbortController()
  const reports: number[] = []
  const pusher = { enqueue: () => void reports.push(performance.now()), stop }
  const ended = run({ pass, pusher, intervalMilliseconds: 100, signal: abort.signal, random: () => 1 })
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
