import { makePartitions } from '@slashzero/db'
import { openTestDatabase, type TestDatabase } from '@slashzero/db/testing'
import type { Actor, CollectorActor, ServiceContext } from '../context.ts'
import { issueCredential } from '../enrolment/issue-credential.ts'
import { runMaintenance } from '../worker/run.ts'

/** A test's own database, clock and log. */
export type World = {
  readonly db: TestDatabase
  readonly clock: { now: number }
  readonly logged: { fields: object; message: string }[]
  as(actor: Actor): ServiceContext
  readonly system: ServiceContext
  readonly user: ServiceContext
  readonly anonymous: ServiceContext
  /** Forgets every hypervisor, its history and the log, and sets the clock to noon. */
  reset(): Promise<void>
  /** Enrols a host and returns its collector. */
  enrolled(hostId: string, name?: string): Promise<CollectorActor>
  close(): Promise<void>
}

export const noon = Date.UTC(2026, 5, 15, 12)

/** Opens a migrated database with the clock at noon. */
export async function openWorld(): Promise<World> {
  const db = await openTestDatabase()
  const clock = { now: noon }
  const logged: World['logged'] = []
  const write = (fields: object, message: string) => void logged.push({ fields, message })
  const log = { info: write, warn: write, error: write }
  const as = (actor: Actor): ServiceContext => ({ db, now: () => clock.now, actor, log })
  const system = as({ kind: 'system' })
  await runMaintenance(system)
  return {
    db,
    clock,
    logged,
    as,
    system,
    user: as({ kind: 'user', userId: 'user_test' }),
    anonymous: as({ kind: 'anonymous' }),
    async reset() {
      clock.now = noon
      logged.length = 0
      for (const table of ['hypervisor', 'sample', 'sample_5m', 'sample_1h', 'transition', 'roll_up_due'])
        await db.pool.query(`DELETE FROM ${table}`)
      await db.pool.query('UPDATE roll_up SET until = $1', [new Date(noon)])
      await makePartitions(db, noon)
    },
    async enrolled(hostId, name = hostId) {
      const { hypervisorId } = await issueCredential(system, { host: { id: hostId, name } })
      return { kind: 'collector', hypervisorId, hostId }
    },
    close: () => db.close(),
  }
}
