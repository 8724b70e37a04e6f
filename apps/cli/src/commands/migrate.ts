import { parseArgs } from 'node:util'
import { migrate } from '@slashzero/db'
import { silent, withDatabaseUrl } from '../database.ts'

export const help = `slashzero migrate

Brings the database of DATABASE_URL, or the embedded one of the data folder, to this version and names what it applied.
\`slashzero start\` does the same by itself.`

export async function run(args: string[]): Promise<number> {
  parseArgs({ args, options: {} })
  const { applied } = await withDatabaseUrl((url) => migrate(url, silent))
  process.stdout.write(applied.length === 0 ? 'The database is up to date.\n' : `Applied ${applied.join(', ')}.\n`)
  return 0
}
