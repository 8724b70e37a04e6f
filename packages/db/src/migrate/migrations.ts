import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const prismaFolder = fileURLToPath(new URL('../../../../prisma', import.meta.url))
const folder = join(prismaFolder, 'migrations')

export type Migration = { readonly name: string; readonly sql: string }

/** The migrations that this code knows, oldest first. */
export async function readMigrations(): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  return Promise.all(
    names.toSorted().map(async (name) => ({ name, sql: await readFile(join(folder, name, 'migration.sql'), 'utf8') })),
  )
}

/** The migrations in the form of Prisma's schema engine. */
export async function readMigrationsList() {
  const migrations = await readMigrations()
  return {
    baseDir: folder,
    lockfile: { path: 'migration_lock.toml', content: await readFile(join(folder, 'migration_lock.toml'), 'utf8') },
    migrationDirectories: migrations.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value: sql } },
    })),
    shadowDbInitScript: '',
  }
}
