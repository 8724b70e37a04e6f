import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { buildReport } from '@slashzero/contract/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer } from './testing/start-test-server.ts'

const COLLECTOR = fileURLToPath(new URL('../../collector/src/testing/deliver-reports.ts', import.meta.url))
const TWO_HOURS = 7_200_000

let server: Awaited<ReturnType<typeof startTestServer>>
let folder: string
beforeAll(async () => {
  server = await startTestServer()
  folder = await mkdtemp(join(tmpdir(), 'slashzero-killed-'))
})
afterAll(async () => {
  await server.stop()
  await rm(folder, { recursive: true, force: true })
})

test('every report arrives once, despite lost answers and kill -9', async () => {
  const base = Date.now() - TWO_HOURS
  const host = await server.enrol('host-kill')
  const template = join(folder, 'report.json')
  await writeFile(template, JSON.stringify(buildReport(1, { host: { id: 'host-kill' } })))
  await writeFile(join(folder, 'credential'), host.credential)
  const way = await openWay(new URL(server.url))

  const taken: number[] = []
  async function runCollector(until: (numbers: number[]) => Promise<void> | undefined): Promise<void> {
    // The collector may have taken the last report without printing its number.
    const first = (taken.at(-1) ?? -1) + 2
    const child = spawn(process.execPath, [COLLECTOR, way.url, folder, template, String(first), String(base)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    child.stdout.on('data', (text: Buffer) => taken.push(...text.toString().trim().split('\n').map(Number)))
    await once(child.stdout, 'data')
    await until(taken)
    child.kill('SIGKILL')
    await once(child, 'close')
  }

  way.be('away')
  await runCollector(async (numbers) => {
    while (numbers.length < 260) await sleep(20)
  })
  expect(await readdir(join(folder, 'spool', 'host-kill'))).not.toHaveLength(0)
  for (let kill = 0; kill < 8; kill += 1) {
    way.be('fickle')
    await runCollector(() => sleep(Math.random() * 500))
  }
  way.be('open')
  await runCollector(async () => {
    const last = taken.at(-1) ?? 0
    await expect.poll(() => countFrom(last), { timeout: 60_000 }).toBeGreaterThan(0)
  })

  const stored = await read(host.hypervisorId)
  const counted = Map.groupBy(stored.samples, (number) => number)
  const drained = stored.samples.at(-1) ?? 0
  expect(taken.filter((number) => number <= drained && !counted.has(number))).toEqual([])
  expect([...counted.values()].filter((all) => all.length > 1)).toEqual([])
  // Only a kill between taking and printing leaves a number unprinted.
  expect(stored.samples.filter((number) => !taken.includes(number) && !taken.includes(number - 1))).toEqual([])

  const reference = await server.enrol('host-calm')
  for (let at = 0; at < stored.samples.length; at += 100) {
    const batch = stored.samples.slice(at, at + 100).map((number) => calmReport(number, base))
    expect((await server.report(reference.credential, batch)).status).toBe(200)
  }
  const calm = await read(reference.hypervisorId)
  expect(calm.transitions.length).toBeGreaterThan(20)
  expect(stored.transitions).toEqual(calm.transitions)
  way.close()

  async function countFrom(number: number): Promise<number> {
    const { samples } = await read(host.hypervisorId)
    return samples.filter((one) => one >= number).length
  }
})

/** Reads both in one query, so that both show the same moment. */
async function read(hypervisorId: string): Promise<{ samples: number[]; transitions: string[] }> {
  const { rows } = await server.system.db.pool.query<{ samples: number[] | null; transitions: string[] | null }>(
    `SELECT (SELECT json_agg(optmem_bytes ORDER BY at) FROM sample WHERE hypervisor_id = $1) AS samples,
       (SELECT json_agg(key || ' ' || coalesce("from", '') || ' ' || "to" ORDER BY at, id)
        FROM transition WHERE hypervisor_id = $1 AND subject = 'tap') AS transitions`,
    [hypervisorId],
  )
  return { samples: rows[0]?.samples ?? [], transitions: rows[0]?.transitions ?? [] }
}

/** The report with this number, as push-reports makes it. */
function calmReport(number: number, base: number) {
  const observedAt = new Date(base + number * 2000).toISOString()
  const report = buildReport(number, { host: { id: 'host-calm' }, observedAt, sentAt: new Date().toISOString() })
  for (const { senders, taps } of report.namespaces) {
    for (const { sockets } of senders) for (const socket of sockets) socket.optmemBytes = number
    for (const tap of taps) tap.allRoutersUsers = Math.floor(number / 10) % 2 === 0 ? 2 : 1
  }
  return report
}

/** A proxy to the server that can be closed, or lose half of the connections. */
async function openWay(to: URL) {
  let state: 'open' | 'away' | 'fickle' = 'open'
  const sockets = new Set<Socket>()
  const listener = createServer((near) => {
    sockets.add(near.on('error', () => undefined))
    const fate = Math.random()
    if (state === 'away' || (state === 'fickle' && fate < 0.25)) {
      near.resetAndDestroy()
      return
    }
    const far = connect(Number(to.port), to.hostname)
    sockets.add(far.on('error', () => near.destroy()))
    near.pipe(far)
    // The server has taken the report, but the collector gets no answer.
    if (state === 'fickle' && fate < 0.6) far.once('data', () => near.resetAndDestroy())
    else far.pipe(near)
  })
  await new Promise<void>((resolve) => {
    listener.listen(0, '127.0.0.1', resolve)
  })
  const address = listener.address()
  if (address === null || typeof address === 'string') throw new Error('the way has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    be: (next: typeof state) => void (state = next),
    close() {
      listener.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
