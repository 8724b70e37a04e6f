import { afterAll, beforeAll, expect, test } from 'vitest'
import { reportOf } from './testing/report-of.ts'
import { startTestServer } from './testing/start-test-server.ts'

let server: Awaited<ReturnType<typeof startTestServer>>
beforeAll(async () => (server = await startTestServer()))
afterAll(() => server.stop())

test('an open page hears of a report within a second, and the stream ends when the server stops', async () => {
  const cookie = await server.signIn()
  const host = await server.enrol('host-0001')
  const stream = await server.ask('/trpc/live.changes', { headers: { cookie, accept: 'text/event-stream' } })
  expect(stream.headers.get('content-type')).toContain('text/event-stream')
  const text = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
  const until = async (wanted: string) => {
    for (let heard = ''; !heard.includes(wanted); ) {
      const { value, done } = (await text?.read()) ?? { done: true, value: undefined }
      if (done) throw new Error(`the stream ended after ${heard}`)
      heard += value
    }
  }
  await until('connected')
  const sent = performance.now()
  await server.report(host.credential, reportOf('host-0001', 1))
  await until(`data: {"hypervisorId":"${host.hypervisorId}"}`)
  expect(performance.now() - sent).toBeLessThan(1000)
  await text?.cancel()
})
