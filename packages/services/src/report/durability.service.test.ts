import { readdirSync, readFileSync } from 'node:fs'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makePartitions, migrate, openDatabase } from '@slashzero/db'
import { startEmbeddedPostgres } from '@slashzero/db/embedded'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CollectorActor, ServiceContext } from '../context.ts'
import { issueCredential } from '../enrolment/issue-credential.ts'
import { makeReport } from '../testing/report.ts'
import { createIngest } from './ingest.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slashzero-crash-'))
  await chmod(folder, 0o755) // PostgreSQL does not run as root and must be able to enter it
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function childrenOf(parent: number): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.filter((pid) => statOf(pid).split(') ').at(-1)?.split(' ')[1] === String(parent)).map(Number)
}

/** Empty if the process has ended. */
function statOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return ''
  }
}

test('every acknowledged report survives kill -9 of PostgreSQL amid several commits', async () => {
  const now = Date.UTC(2026, 5, 15, 12)
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const pg = join(folder, 'pg')
  const server = await startEmbeddedPostgres(pg)
  await migrate(server.url, log)
  const db = openDatabase({ url: server.url, poolSize: 5 })
  await makePartitions(db, now)
  const context: ServiceContext = { db, now: () => now, actor: { kind: 'system' }, log }
  const ingest = createIngest(context)
  const actors: CollectorActor[] = []
  for (const hostId of Array.from({ length: 24 }, (_, index) => `host-${1000 + index}`)) {
    const { hypervisorId } = await issueCredential(context, { host: { id: hostId, name: hostId } })
    actors.push({ kind: 'collector', hypervisorId, hostId })
  }
  const postmaster = Number((await readFile(join(pg, 'data/postmaster.pid'), 'utf8')).split('\n')[0])
  const acknowledged = new Map<string, number>()
  let left = 600
  let overlaps = 0
  const reportForEver = async (actor: CollectorActor) => {
    for (let sequence = 1; ; sequence++) {
      const observedAt = now - 3_600_000 + sequence * 1000
      await ingest.submit(
        actor,
        [makeReport({ sequence, observedAt, sentAt: now, hostId: actor.hostId, taps: [{ ifindex: 7 }] })],
        now,
      )
      acknowledged.set(actor.hypervisorId, sequence)
      // A connection in use now commits another group.
      if (db.pool.totalCount > db.pool.idleCount) overlaps += 1
      if (--left === 0) for (const pid of [postmaster, ...childrenOf(postmaster)]) process.kill(pid, 'SIGKILL')
    }
  }
  const ends = await Promise.allSettled(actors.map(reportForEver))
  expect(ends.map((end) => end.status === 'rejected' && end.reason.code)).toEqual(actors.map(() => 'unavailable'))
  expect(overlaps).toBeGreaterThan(0)
  await server.ended
  await db.close().catch(() => undefined)

  const again = await startEmbeddedPostgres(pg)
  const after = openDatabase({ url: again.url, poolSize: 2 })
  const { rows } = await after.pool.query<{ id: string; stored: number; samples: number }>(
    `SELECT h.id, p.last_sequence AS stored,
       (SELECT count(*) FROM sample s WHERE s.hypervisor_id = h.id) AS samples
     FROM hypervisor h JOIN hypervisor_pulse p ON p.hypervisor_id = h.id`,
  )
  expect(acknowledged.size).toBe(24)
  expect(rows.filter(({ id, stored }) => stored < (acknowledged.get(id) ?? Infinity))).toEqual([])
  expect(rows.map(({ samples }) => samples)).toEqual(rows.map(({ stored }) => stored))
  await after.close()
  await again.stop()
})
