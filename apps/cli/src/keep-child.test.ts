import { spawn } from 'node:child_process'
import { expect, test } from 'vitest'
import { keepChild } from './keep-child.ts'

const node = (script: string) => async () => spawn(process.execPath, ['-e', script], { stdio: 'ignore' })

test('an ended child starts again after a doubling pause, and each end is logged', async () => {
  const said: string[] = []
  const startedAt: number[] = []
  const stop = keepChild(
    'The child',
    () => {
      startedAt.push(performance.now())
      return node('process.exit(3)')()
    },
    (sentence) => said.push(sentence),
    200,
  )
  await expect.poll(() => startedAt.length).toBeGreaterThan(3)
  await stop()
  expect(said[0]).toBe('The child ended (status 3); it is started again in 0 s.')
  const pauses = startedAt.slice(1).map((at, index) => at - (startedAt[index] ?? 0))
  expect(pauses[2]).toBeGreaterThanOrEqual(800)
})

test('a child that is stopped stays stopped', async () => {
  let starts = 0
  const stop = keepChild(
    'The child',
    () => {
      starts += 1
      return node('setInterval(() => {}, 1000)')()
    },
    () => undefined,
    1,
  )
  await expect.poll(() => starts).toBe(1)
  await stop()
  expect(starts).toBe(1)
})

test('a child that cannot be started is tried again', async () => {
  const said: string[] = []
  const stop = keepChild(
    'The child',
    () => Promise.reject(new Error('no database')),
    (sentence) => said.push(sentence),
    1,
  )
  await expect.poll(() => said.length).toBeGreaterThan(1)
  await stop()
  expect(said[0]).toBe('The child ended (no database); it is started again in 0 s.')
})
