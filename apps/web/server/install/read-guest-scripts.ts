import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { GuestScripts } from '@slashzero/api'

/** The scripts in `folder`, by name. */
export async function readGuestScripts(folder: string): Promise<GuestScripts> {
  const names = (await readdir(folder)).filter((name) => /^slashzero-push\.(sh|ps1)$/.test(name))
  return new Map(
    await Promise.all(
      names.toSorted().map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const),
    ),
  )
}
