import { demoStatus, fleetPage, fleetSummary } from '@slashzero/contract/page'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { sameOrigin, startTestServer } from './testing/start-test-server.ts'

let server: Awaited<ReturnType<typeof startTestServer>>
let cookie: string
beforeAll(async () => {
  server = await startTestServer()
  cookie = await server.signIn()
})
afterAll(() => server.stop())

test('one click loads the demo fleet, another removes the fleet and its sender', async () => {
  expect(await ask('demo.status', demoStatus)).toMatchObject({ state: 'absent', hypervisors: 0, isSilent: false })
  expect(await change('demo.load', demoStatus)).toMatchObject({ state: 'loading', error: null })
  await vi.waitFor(
    async () => {
      expect((await ask('demo.status', demoStatus)).progress).toBeGreaterThan(0)
      expect(
        (await ask('fleet.page?input=%7B%7D', fleetPage)).items.some(({ demo, lastSeenAt }) => demo && lastSeenAt),
      ).toBe(true)
    },
    { timeout: 50_000, interval: 250 },
  )
  const { hypervisors } = await change('demo.remove', z.object({ hypervisors: z.number() }))
  expect(hypervisors).toBeGreaterThan(0)
  expect(await ask('demo.status', demoStatus)).toMatchObject({ state: 'absent', hypervisors: 0, isSilent: false })
  expect((await ask('fleet.summary', fleetSummary)).totals.hypervisors).toBe(0)
})

async function ask<Data>(path: string, data: z.ZodType<Data>): Promise<Data> {
  return read(await server.ask(`/trpc/${path}`, { headers: { cookie } }), data)
}

async function change<Data>(path: string, data: z.ZodType<Data>): Promise<Data> {
  return read(await server.ask(`/trpc/${path}`, sameOrigin(server.url, {}, { cookie })), data)
}

async function read<Data>(response: Response, data: z.ZodType<Data>): Promise<Data> {
  const { result } = z.object({ result: z.object({ data: z.unknown() }) }).parse(await response.json())
  return data.parse(result.data)
}
