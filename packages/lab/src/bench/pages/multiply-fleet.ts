import type { Pool } from 'pg'

/** The secondary indexes of these tables are made after the rows, which is several times faster. */
const LARGE = ['tap', 'vm'] as const
/** The tables of a hypervisor that are copied, parents first. History is not copied. */
const COPIED = ['hypervisor', 'hypervisor_pulse', 'hypervisor_boot', 'sender_socket', 'tap', 'vm'] as const

/** What a copy has instead of the column's value: `c` is the copy, `o` the row of the original. */
const EXPRESSIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  hypervisor: {
    id: 'c.id',
    host_id: "'copy-' || c.number",
    name: "o.name || '-' || c.number",
    search: "replace(o.search, lower(o.name), lower(o.name || '-' || c.number))",
    status_since: 'o.status_since - c.shift',
  },
  // Nobody reports for a copy, so its silence is not judged.
  hypervisor_pulse: { judge_again_at: "'2100-01-01'" },
  tap: { vm_key: keyOf('o.vm_key') },
  vm: {
    key: keyOf('o.key'),
    // As `toVmId` of packages/db.
    id: `'vm_' || left(translate(encode(sha256(convert_to(c.id || E'\\n' || ${keyOf('o.key')}, 'UTF8')), 'base64'), '+/', '-_'), 22)`,
    uuid: `CASE WHEN o.uuid IS NOT NULL THEN ${uuidOf('o.key')} END`,
    name: "o.name || '-' || c.number",
    search: `replace(replace(o.search, lower(o.name), lower(o.name || '-' || c.number)), coalesce(o.uuid, '-'), ${uuidOf('o.key')})`,
    route_since: 'o.route_since - c.shift',
  },
}

/** SQL: the uuid of the copy of a VM. */
function uuidOf(key: string): string {
  return `md5(c.id || ${key})::uuid::text`
}

/** SQL: the key of the copy of a VM, which is its uuid or `name:…`. */
function keyOf(key: string): string {
  return `CASE WHEN ${key} LIKE 'name:%' THEN ${key} || '-' || c.number ELSE ${uuidOf(key)} END`
}

/**
 * Copies the stored hypervisors in turn, with their sockets, taps and VMs, until there are `hypervisors`. Each copy has
 * its own names, uuids and times; no collector reports for it. Resolves to what is stored then.
 */
export async function multiplyFleet(pool: Pool, hypervisors: number): Promise<{ hypervisors: number; vms: number }> {
  const client = await pool.connect()
  try {
    await client.query("SET synchronous_commit = off; SET maintenance_work_mem = '256MB'")
    await client.query(`CREATE TEMP TABLE copy AS
      WITH own AS (SELECT id, row_number() OVER (ORDER BY id) AS number, count(*) OVER () AS total FROM hypervisor)
      SELECT own.id AS original, n AS number, 'hv_' || left(md5('copy ' || n), 22) AS id, make_interval(secs => n) AS shift
      FROM generate_series((SELECT max(total) FROM own) + 1, ${hypervisors}) AS n JOIN own ON own.number = 1 + n % own.total`)
    const { rows: indexes } = await client.query<{ name: string; definition: string }>(
      `SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index
       WHERE indrelid = ANY($1::regclass[]) AND NOT indisprimary`,
      [LARGE],
    )
    for (const { name } of indexes) await client.query(`DROP INDEX ${name}`)
    for (const table of COPIED) await copy(client, table)
    for (const { definition } of indexes) await client.query(definition)
    for (const table of COPIED) await client.query(`ANALYZE ${table}`)
    const { rows } = await client.query<{ hypervisors: string; vms: string }>(
      'SELECT count(*) AS hypervisors, sum(vms_total) AS vms FROM hypervisor',
    )
    return { hypervisors: Number(rows[0]?.hypervisors ?? 0), vms: Number(rows[0]?.vms ?? 0) }
  } finally {
    client.release(true) // drops the temporary table and the settings
  }
}

async function copy(client: Pick<Pool, 'query'>, table: (typeof COPIED)[number]): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped`,
    [table],
  )
  const names = rows.map(({ name }) => `"${name}"`).join(', ')
  const own = EXPRESSIONS[table] ?? {}
  const values = rows.map(({ name }) => own[name] ?? (name === 'hypervisor_id' ? 'c.id' : `o."${name}"`)).join(', ')
  const parent = table === 'hypervisor' ? 'id' : 'hypervisor_id'
  await client.query(
    `INSERT INTO ${table} (${names}) SELECT ${values} FROM copy c JOIN ${table} o ON o.${parent} = c.original`,
  )
}
