/**
 * The SQL that inserts rows or updates those that exist. The rows are one JSON parameter, an array of objects with the
 * columns' names: one statement and one parameter for any number of rows.
 * `columns`: column name to SQL type. `key`: the columns of the primary key.
 */
export function upsertSql(table: string, key: readonly string[], columns: Readonly<Record<string, string>>): string {
  const names = Object.keys(columns)
  const definitions = names.map((name) => `${quote(name)} ${columns[name]}`)
  const updates = names.filter((name) => !key.includes(name)).map((name) => `${quote(name)} = excluded.${quote(name)}`)
  return (
    `INSERT INTO ${table} (${names.map(quote).join(', ')}) ` +
    `SELECT * FROM json_to_recordset($1::json) AS r(${definitions.join(', ')}) ` +
    `ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${updates.join(', ')}`
  )
}

/** The SQL that deletes the rows `($1[i], $2[i])` of a table whose primary key is (hypervisor_id, key). */
export function deleteSql(table: string): string {
  return `DELETE FROM ${table} USING unnest($1::text[], $2::text[]) AS gone(hypervisor_id, key)
    WHERE ${table}.hypervisor_id = gone.hypervisor_id AND ${table}.key = gone.key`
}

function quote(name: string): string {
  return `"${name}"`
}
