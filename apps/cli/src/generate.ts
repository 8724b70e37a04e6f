import { statSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './env.ts'
import { run } from './process.ts'
import { step } from './terminal.ts'

const schema = join(root, 'prisma/schema.prisma')
const client = join(root, 'packages/db/src/generated/client.ts')

/**
 * Generates the database client when it is absent or older than the schema; every command that reaches the database
 * imports it.
 */
export async function generateClient(): Promise<void> {
  if (changedAt(client) > changedAt(schema)) return
  await step('Generating the database client', () =>
    run('prisma generate', 'npm', ['run', '--silent', 'generate', '-w', '@slashzero/db']),
  )
}

function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
