import { buildReport } from '@slashzero/contract/testing'
import { beforeAll, expect, test } from 'vitest'
import { startTestServer } from './testing/start-test-server.ts'

let server: Awaited<ReturnType<typeof startTestServer>>
let cookie: string
beforeAll(async () => {
  server = await startTestServer()
  cookie = await server.signIn()
})

function open(watched: object, signal?: AbortSignal) {
  const input = encodeURIComponent(JSON.stringify(watched))
  const headers = { cookie, accept: 'text/event-stream' }
  return server.ask(`/trpc/live.watch?input=${input}`, { headers, ...(signal && { signal }) })
}

/** Resolves to what was heard when it includes the wanted text; null when the stream has ended. */
function listenTo(stream: Response) {
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
  return async (wanted: string | null) => {
    for (let heard = ''; ;) {
      const { value, done } = (await reader?.read()) ?? { done: true, value: undefined }
      if (done) return null
      heard += value
      if (wanted !== null && heard.includes(wanted)) return heard
    }
  }
}

test('a person may have 20 streams open, and a closed stream makes room', async () => {
  const leaving = new AbortController()
  for (let index = 0; index < 20; index += 1) {
    expect(await listenTo(await open({}, leaving.signal))('connected')).not.toBeNull()
  }
  const refused = await open({})
  expect(await refused.text()).toContain('You have 20 live pages open')
  leaving.abort()
  const isOpen = async () => {
    const probe = new AbortController()
    const heard = await listenTo(await open({}, probe.signal))('event: ')
    probe.abort()
    return heard?.includes('connected')
  }
  await expect.poll(isOpen).toBe(true)
})

test('a page hears of a report what it shows, and its stream ends when the server stops', async () => {
  const host = await server.enrol('host-0001')
  const stream = await open({ hypervisors: [host.hypervisorId], totals: true })
  expect(stream.headers.get('content-type')).toContain('text/event-stream')
  expect(stream.headers.get('content-encoding')).toBeNull()
  const hear = listenTo(stream)
  expect(await hear('connected')).not.toBeNull()

  await server.report(host.credential, buildReport(1))
  const heard = await hear(`"id":"${host.hypervisorId}","status":"healthy"`)
  expect(heard).toContain('"totals":{"hypervisors":1')

  // A cut connection would be an error here.
  await server.stop()
  expect(await hear(null)).toBeNull()
})
