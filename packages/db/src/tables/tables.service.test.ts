import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../testing/database.ts'
import { boot, sample, transition } from './history.ts'
import { hypervisor } from './hypervisor.ts'
import { pulse } from './pulse.ts'
import { senderSocket } from './sender-socket.ts'
import { tap } from './tap.ts'
import { vm } from './vm.ts'
import { vmToken } from './vm-token.ts'

let db: TestDatabase

beforeAll(async () => {
  db = await openTestDatabase()
})
afterAll(() => db.close())

/** Columns that PostgreSQL alone writes. */
const GENERATED = [
  { table: 'hypervisor', name: 'created_at' },
  { table: 'transition', name: 'id' },
]

const described = [hypervisor, pulse, boot, senderSocket, tap, vm, vmToken, transition, sample].map(
  ({ name, columns }) => ({
    name,
    columns,
  }),
)
const rollUps = ['sample_5m', 'sample_1h'].map((name) => ({ name, columns: sample.columns }))

test.for([...described, ...rollUps])('the table $name is as its descriptor says', async ({ name, columns }) => {
  const { rows } = await db.pool.query<{ name: string; sql: string; nullable: boolean }>(
    `SELECT attname AS name, format_type(atttypid, NULL) AS sql, NOT attnotnull AS nullable
     FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped`,
    [name],
  )
  const real = rows.filter((row) => !GENERATED.some((one) => one.table === name && one.name === row.name))
  const long = { timestamptz: 'timestamp with time zone' } as Record<string, string>
  const expected = columns.map((column) => ({ ...column, sql: long[column.sql] ?? column.sql }))
  const byName = (one: { name: string }, other: { name: string }) => one.name.localeCompare(other.name)
  expect(real.toSorted(byName)).toEqual(expected.toSorted(byName))
})

test('a stored value of the wrong type is refused with table, column and value', () => {
  const row = Object.fromEntries(tap.columns.map(({ name }) => [name, null]))
  expect(() => tap.read({ ...row, hypervisor_id: 7 })).toThrow(
    'The column tap.hypervisor_id cannot be read: expected text, found 7',
  )
  const status = tap.pick('status')
  expect(() => status.read({ status: 'dark' })).toThrow('The column tap.status cannot be read: expected one of served')
})

test('a fact that an older row lacks is read as the contract says', () => {
  expect(
    tap.pick('facts').read({
      facts: {
        up: true,
        forwarding: null,
        allRoutersUsers: 2,
        routerSolicitsIn: 1,
        routerAdvertsIn: 1,
        routerAdvertsOut: 1,
      },
    }),
  ).toMatchObject({ kind: 'tap', up: true, forwarding: null })
})

test('a row written and read is the same, with its groups', () => {
  const read = vm.pick('route')
  const route = {
    status: 'ok',
    reason: null,
    since: 1000,
    checkedAt: 2000,
    method: 'guest-agent',
    gateway: 'fe80::1',
    expiresAt: 3000,
    cause: null,
    countdown: { endsAt: 3000, basis: 'guest', renewable: true },
  } as const
  const stored = { ...Object.fromEntries(vm.columns.map(({ name }) => [name, null])), ...vm.toPartialRow({ route }) }
  const times = Object.fromEntries(
    Object.entries(stored).map(([name, value]) => [
      name,
      /_at$|since$/.test(name) && typeof value === 'string' ? Date.parse(value) : value,
    ]),
  )
  expect(read.read(times)).toEqual({ route })
  expect(read.read({ ...times, route_ends_at: null })).toEqual({ route: { ...route, countdown: null } })
})
