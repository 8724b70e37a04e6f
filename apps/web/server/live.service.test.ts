import { buildReport } from '@slashzero/contract/testing'
import { expect, test } from 'vitest'
import { startTestServer } from './testing/start-test-server.ts'

test('an open page hears of a report, and its stream ends when the server stops', async () => {
  const server = await startTestServer()
  const cookie = await server.signIn()
  const host = await server.enrol('host-0001')
  const stream = await server.ask('/trpc/live.changes', { headers: { cookie, accept: 'text/event-stream' } })
  expect(stream.headers.get('content-type')).toContain('text/event-stream')
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
  const hear = async (wanted: string | null) => {
    for (let heard = ''; ;) {
      const { value, done } = (await reader?.read()) ?? { done: true, value: undefined }
      if (done) return null
      heard += value
      if (wanted !== null && heard.includes(wanted)) return heard
    }
  }
  expect(await hear('connected')).not.toBeNull()

  await server.report(host.credential, buildReport(1))
  expect(await hear(`data: {"hypervisorId":"${host.hypervisorId}","verdict":true}`)).not.toBeNull()

  // A cut connection would be an error here.
  await server.stop()
  expect(await hear(null)).toBeNull()
})
