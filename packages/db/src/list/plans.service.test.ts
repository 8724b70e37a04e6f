import { MAX_COUNTED, type VmPageQuery } from '@slashzero/contract/page'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readArrivals, readFirst, readFleetPage } from '../hypervisor/list.ts'
import { readSocketPage } from '../hypervisor/read-sockets.ts'
import { countTaps, readTapPage } from '../hypervisor/read-taps.ts'
import { readHypervisorPage, readHypervisorsById } from '../hypervisor/read.ts'
import type { Queryable } from '../open.ts'
import { openTestDatabase, type TestDatabase } from '../testing/database.ts'
import { readVmsById } from '../vm/read.ts'
import { readStoredVms, readVmPositions, tallyVms } from '../vm/page.ts'

const HYPERVISORS = 2000
const VMS_EACH = 25
const COUNTERS = { allRoutersUsers: 2, routerSolicitsIn: 1, routerAdvertsIn: 0, routerAdvertsOut: 3 }
const FACTS = { kind: 'tap', up: true, forwarding: true, ...COUNTERS }
const VMS = HYPERVISORS * VMS_EACH

let db: TestDatabase
beforeAll(async () => {
  db = await openTestDatabase()
  await fill()
}, 120_000)
afterAll(() => db.close())

const vms = (query: Partial<VmPageQuery>, after: string[] | null = null) => {
  const whole = { sort: 'since', descending: false, limit: 101, ...query } as const
  return (client: Queryable) => readVmPositions(client, whole, after)
}
const since = ['2026-01-01 00:00:00+00', 'vm-1', 'vm_1']
const host = 'hv_7'

const lists: { name: string; read: (client: Queryable) => Promise<unknown> }[] = [
  ...(['worst', 'name', 'full'] as const).map((sort) => ({
    name: `hypervisors by ${sort}`,
    read: (client: Queryable) => readFleetPage(client, { sort, limit: 101 }, null),
  })),
  {
    name: 'hypervisors by name after a page',
    read: (client) => readFleetPage(client, { sort: 'name', limit: 101 }, ['hv-1', host]),
  },
  {
    name: 'hypervisors of a status',
    read: (client) => readFleetPage(client, { sort: 'worst', status: 'silent', limit: 101 }, null),
  },
  {
    name: 'a search of hypervisors',
    read: (client) => readFleetPage(client, { sort: 'worst', search: 'hv-1234', limit: 101 }, null),
  },
  { name: 'the worst hypervisor', read: (client) => readFirst(client, 'worst') },
  { name: 'the next hypervisor to fill', read: (client) => readFirst(client, 'full') },
  { name: 'arrivals', read: (client) => readArrivals(client, Date.UTC(2030, 0), 100) },
  { name: 'hypervisors by id', read: (client) => readHypervisorPage(client, host, 101) },
  { name: 'changed hypervisors', read: (client) => readHypervisorsById(client, [host, 'hv_8']) },
  { name: 'sockets', read: (client) => readSocketPage(client, { id: host, limit: 101 }, null) },
  { name: 'taps', read: (client) => readTapPage(client, { id: host, limit: 101 }, null) },
  { name: 'the count of taps', read: (client) => countTaps(client, host) },
  ...(['since', 'name', 'status', 'hypervisor'] as const).flatMap((sort) =>
    [false, true].map((descending) => ({
      name: `all VMs by ${sort}, ${descending ? 'last' : 'first'} first`,
      read: vms({ sort, descending }),
    })),
  ),
  { name: 'all VMs by since after a page', read: vms({}, since) },
  ...(['missing', 'expiring', 'unknown', 'ok'] as const).flatMap((route) => [
    { name: `${route} VMs by since`, read: vms({ route }) },
    { name: `${route} VMs by since after a page`, read: vms({ route }, since) },
    { name: `${route} VMs by name`, read: vms({ route, sort: 'name', descending: true }) },
    {
      name: `${route} VMs as stored`,
      read: (client: Queryable) => readStoredVms(client, { route }, { after: ['hv_5', 'key-5'], limit: 500 }),
    },
  ]),
  { name: 'VMs that go dark by end', read: vms({ goesDark: true, sort: 'ends' }) },
  { name: 'VMs that go dark by since', read: vms({ goesDark: true }) },
  { name: 'VMs of a hypervisor', read: vms({ hypervisor: host, sort: 'status' }) },
  { name: 'VMs as stored', read: (client) => readStoredVms(client, {}, { after: null, limit: 500 }) },
  { name: 'VMs of ids', read: (client) => readVmsById(client, ['vm_1', 'vm_2']) },
  ...['vm-12345', '00000000-0000-4000-8000', 'tap-77', 'hv-1234', 'nowhere'].flatMap((search) => [
    { name: `a search of VMs for ${search}`, read: vms({ search }) },
    { name: `the count of a search for ${search}`, read: (client: Queryable) => tallyVms(client, { search }) },
  ]),
]

test.for(lists)('$name: neither a scan nor a sort of a whole table', async ({ read }) => {
  const statements: { text: string; values: unknown[] }[] = []
  const client = {
    async query(statement: string | { text: string; values?: unknown[] }, values: unknown[] = []) {
      const { text, values: own = values } = typeof statement === 'string' ? { text: statement } : statement
      if (!text.startsWith('EXPLAIN')) statements.push({ text, values: own })
      return db.pool.query(text, own)
    },
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the lists call `query` in no other way
  await read(client as unknown as Queryable)
  const nodes: Node[] = []
  for (const { text, values } of statements) nodes.push(...(await explain(text, values)))
  const scans = nodes.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name'])
  const sorts = nodes.filter(
    (node) => node['Node Type'].endsWith('Sort') && node.Plans?.some((input) => input['Plan Rows'] > VMS / 10),
  )
  expect({ scans, sorts }).toEqual({ scans: [], sorts: [] })
})

test('a count of a search ends at 10,000, and a small count is exact', async () => {
  const many = await tallyVms(db.pool, { search: 'tap-' })
  expect(many).toMatchObject({ isExact: false, route: { missing: VMS / 200, expiring: VMS / 200, ok: MAX_COUNTED } })
  const few = await tallyVms(db.pool, { search: 'tap-1234' })
  expect(few).toMatchObject({ isExact: true, route: { ok: 11, unknown: 0 } })
})

type Node = { 'Node Type': string; 'Relation Name'?: string; 'Plan Rows': number; Plans?: Node[] }

/** The nodes of a plan. An incremental sort sorts only rows that are equal so far. */
async function explain(text: string, values: unknown[]): Promise<Node[]> {
  const { rows } = await db.pool.query<{ 'QUERY PLAN': readonly { Plan: Node }[] }>(
    `EXPLAIN (FORMAT JSON) ${text}`,
    values,
  )
  const flatten = (one: Node): Node[] => [one, ...(one.Plans ?? []).flatMap(flatten)]
  const roots = rows.flatMap((row) => row['QUERY PLAN'].map(({ Plan }) => Plan))
  return roots.flatMap(flatten).filter((one) => one['Node Type'] !== 'Incremental Sort')
}

async function fill(): Promise<void> {
  const at = `timestamptz '2026-01-01' + make_interval(secs => n)`
  await db.pool.query(
    `INSERT INTO hypervisor (id, host_id, name, search, demo, created_at, status, status_reason, status_since, vms_missing, full_at, joins_left)
     SELECT 'hv_' || n, 'host-' || n, 'hv-' || n, 'hv-' || n || E'\\nsite=' || n % 4, false, ${at},
       (ARRAY['healthy', 'silent', 'leaking', 'sends-blocked'])[1 + (n % 40) / 13], '', ${at}, n % 3,
       CASE WHEN n % 9 = 0 THEN ${at} END, n % 300
     FROM generate_series(1, ${HYPERVISORS}) n`,
  )
  await db.pool.query(`INSERT INTO hypervisor_pulse (hypervisor_id) SELECT id FROM hypervisor`)
  await db.pool.query(
    `INSERT INTO tap (hypervisor_id, key, namespace_id, ifindex, name, vm_key, status, status_reason, status_since, facts, memory)
     SELECT 'hv_' || n % ${HYPERVISORS} + 1, '1:' || n, 1, n, 'tap-' || n, 'key-' || n, 'served', '', ${at}, '${JSON.stringify(FACTS)}', '{}'
     FROM generate_series(1, ${VMS}) n`,
  )
  await db.pool.query(
    `INSERT INTO vm (hypervisor_id, key, id, search, name, tap_keys, route_status, route_since, route_renewable, route_ends_at, checks, memory)
     SELECT 'hv_' || n % ${HYPERVISORS} + 1, 'key-' || n, 'vm_' || md5(n::text), 'vm-' || n || E'\\n' || md5(n::text)::uuid || E'\\ntap-' || n,
       'vm-' || n, ARRAY['1:' || n],
       CASE WHEN n % 200 = 0 THEN 'missing' WHEN n % 200 = 1 THEN 'expiring' WHEN n % 50 = 2 THEN 'unknown' ELSE 'ok' END, ${at},
       CASE WHEN n % 150 = 3 THEN false END, CASE WHEN n % 150 = 3 THEN ${at} END, '[]', '{}'
     FROM generate_series(1, ${VMS}) n`,
  )
  for (const table of ['hypervisor', 'hypervisor_pulse', 'tap', 'vm']) await db.pool.query(`VACUUM ANALYZE ${table}`)
}
