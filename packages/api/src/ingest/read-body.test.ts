import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { readPlainBody } from './read-body.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const headers = { contentType: undefined, contentEncoding: undefined, contentLength: undefined }

/** Sends `bytes` each second, `seconds` times. */
async function* trickle(bytes: number, seconds: number) {
  for (let second = 0; second < seconds; second += 1) {
    yield Buffer.alloc(bytes)
    await new Promise((resolve) => setTimeout(resolve, 1000))
  }
}

test('a body below the least rate ends after six seconds with 408, and so does its connection', async () => {
  const read = readPlainBody(headers, trickle(1000, 60), 1_000_000).catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(6000)
  expect(await Promise.race([read, Promise.resolve('still reading')])).toMatchObject({
    status: 408,
    headers: { connection: 'close' },
  })
  expect(vi.getTimerCount()).toBeLessThanOrEqual(1) // the sender's own
})

test('a slow body above the least rate, and a small body that pauses, are read', async () => {
  const slow = readPlainBody(headers, trickle(2000, 60), 1_000_000)
  const small = readPlainBody(headers, trickle(10, 5), 1_000_000)
  await vi.advanceTimersByTimeAsync(60_000)
  expect((await slow).length).toBe(120_000)
  expect((await small).length).toBe(50)
  expect(vi.getTimerCount()).toBe(0)
})
