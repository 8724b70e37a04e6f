import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { enrolResponse } from '@slashzero/contract/report'
import { migrate, openDatabase } from '@slashzero/db'
import { keepEmbeddedPostgres } from '@slashzero/db/embedded'
import { buildReport } from '@slashzero/contract/testing'
import { createEnrolmentToken } from '@slashzero/services'
import { expect, onTestFinished, test } from 'vitest'
import { readEnv } from './env.ts'
import { createLog } from './log.ts'
import { startServer } from './start-server.ts'

test.skipIf(process.getuid?.() !== 0)(
  'on a full disk reports get 503 that names the disk, until there is room',
  async () => {
    const parts = new AsyncDisposableStack()
    onTestFinished(() => parts.disposeAsync())
    const place = mkdtempSync(join(tmpdir(), 'sz-'))
    parts.defer(() => rmSync(place, { recursive: true }))
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=400m,mode=755', 'none', place])
    parts.defer(() => void execFileSync('umount', ['-l', place]))
    chmodSync(place, 0o755)
    const said: string[] = []
    const postgres = await keepEmbeddedPostgres(join(place, 'pg'), [], (sentence) => said.push(sentence))
    parts.defer(() => postgres.stop())
    await migrate(postgres.url, { info: () => undefined })
    const env = readEnv({
      DATABASE_URL: postgres.url,
      SLASHZERO_SECRET: 'a secret of the tests, 32 or more',
      SLASHZERO_ROLES: 'ingest,worker',
      PORT: '0',
      HOST: '127.0.0.1',
    })
    const server = await startServer(env, createLog('fatal'), () => Promise.reject(new Error('no pages')))
    parts.defer(() => server.stop())
    const db = openDatabase({ url: postgres.url, poolSize: 1 })
    const log = createLog('fatal')
    const system = { db, now: Date.now, actor: { kind: 'system' }, log } as const
    const wish = { name: 'test', uses: 1, demo: false, expiresInHours: 1 }
    const { token } = await createEnrolmentToken(system, wish)
    await db.close()

    const url = `http://127.0.0.1:${server.port}`
    const post = (path: string, bearer: string, body: unknown) =>
      fetch(url + path, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${bearer}`,
          'content-type': 'application/json',
          'content-encoding': 'gzip',
        },
        body: new Uint8Array(gzipSync(JSON.stringify(body))),
      })
    const plain = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ host: { id: 'host-full', name: 'full' } })
    const enrolled = await fetch(`${url}/ingest/v1/enrol`, { method: 'POST', headers: plain, body })
    const { credential } = enrolResponse.parse(await enrolled.json())
    let sequence = 0
    const report = () =>
      post('/ingest/v1/reports', credential, buildReport((sequence += 1), { host: { id: 'host-full' } }))
    expect((await report()).status).toBe(200)

    spawnSync('dd', ['if=/dev/zero', `of=${place}/full`, 'bs=1M'])
    const details = new Set<string>()
    const fill = openDatabase({ url: postgres.url, poolSize: 1 })
    for (let round = 0; round < 300 && details.size === 0; round += 1) {
      await fill.pool
        .query(`CREATE TABLE IF NOT EXISTS filler (text text)`)
        .then(() => fill.pool.query(`INSERT INTO filler SELECT repeat('x', 500) FROM generate_series(1, 5000)`))
        .catch(() => undefined)
      const answer = await report()
      expect([200, 503]).toContain(answer.status)
      if (answer.status === 503) details.add(String((await answer.json()).detail))
    }
    await fill.close().catch(() => undefined)
    expect(`${[...details].join()} ${said.join()}`).toMatch(/disk of the database is full|No space left on device/)
    expect((await fetch(`${url}/healthz`)).status).toBe(200)

    rmSync(`${place}/full`)
    await expect.poll(async () => (await report()).status, { timeout: 60_000, interval: 500 }).toBe(200)
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
  },
  120_000,
)
