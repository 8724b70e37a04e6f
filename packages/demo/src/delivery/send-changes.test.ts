import { gunzipSync } from 'node:zlib'
import { applyDelta, report as schema, SEND_ALL, type Report } from '@slashzero/contract/report'
import { afterEach, expect, test, vi } from 'vitest'
import { planHost } from '../fleet/plan-host.ts'
import { simulateHost } from '../host/simulate-host.ts'
import { createHostSender } from './send-changes.ts'

const START = Date.parse('2026-01-01T00:00:00Z')

afterEach(() => void vi.unstubAllGlobals())

test('a simulated host sends deltas that mean its reports, and whole reports when asked', async () => {
  const server = startServer()
  const host = simulateHost(planHost({ seed: 1, number: 1, role: 'ordinary', now: START }), START)
  const send = createHostSender({ url: 'http://server.test', signal: new AbortController().signal }, 'sz_host_x')
  const reports: Report[] = []
  for (let index = 0; index < 40; index += 1) {
    if (index === 5) server.forget()
    const report = host.observe(START + index * 15_000)
    reports.push(report)
    await send(report)
  }
  expect(server.stored).toEqual(reports)
  const whole = server.kinds.flatMap((kind, index) => (kind === 'whole' ? [index] : []))
  expect(whole).toEqual([0, 6, 22, 38])
  expect(server.kinds[5]).toBe('missed')
})

/** Holds one base, as the ingest does for each host. */
function startServer() {
  const kinds: string[] = []
  const stored: Report[] = []
  let base: string | null = null
  vi.stubGlobal('fetch', async (_: URL, init: { headers: Record<string, string>; body: Buffer }) => {
    const isGzip = init.headers['content-encoding'] === 'gzip'
    const body: unknown = JSON.parse((isGzip ? gunzipSync(init.body) : init.body).toString())
    const before = stored.at(-1)
    if (Array.isArray(body)) {
      kinds.push('whole')
      stored.push(...body.map((one) => schema.parse(one)))
    } else if (before !== undefined && base !== null && JSON.stringify(body).startsWith(`{"base":"${base}"`)) {
      kinds.push('delta')
      stored.push(applyDelta(before, body))
    } else {
      kinds.push('missed')
      return Response.json({ type: SEND_ALL, title: 'Conflict', status: 409, detail: 'send all' }, { status: 409 })
    }
    base = `base-${stored.length}`
    return Response.json({ accepted: 1, duplicates: 0, base })
  })
  return {
    kinds,
    stored,
    forget: () => {
      base = null
    },
  }
}
