import { lstat, readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

export type Owner = { readonly uid: number; readonly gid: number }

export const ROOT: Owner = { uid: 0, gid: 0 }

/**
 * The user of PostgreSQL: null for the current user; under root the owner of `data`, else Debian's `postgres`, or
 * `nobody` without that user.
 */
export async function unprivilegedOwner(data: string): Promise<Owner | null> {
  if (process.getuid?.() !== 0) return null
  const kept = await lstat(data).catch(() => null)
  if (kept?.isDirectory() && kept.uid !== 0) return { uid: kept.uid, gid: kept.gid }
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = users.find(([user]) => user === name) ?? []
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) }
  }
  throw new Error(
    'PostgreSQL does not run as root, and /etc/passwd has no user postgres or nobody. Add one of them, or set DATABASE_URL.',
  )
}

/** Throws an error that names the folder if `owner` may not enter a parent of `folder`. */
export async function assertReachable(folder: string, owner: Owner): Promise<void> {
  for (let parent = dirname(folder); parent !== dirname(parent); parent = dirname(parent)) {
    const { mode, uid, gid } = await stat(parent)
    const mayEnter = uid === owner.uid ? mode & 0o100 : gid === owner.gid ? mode & 0o010 : mode & 0o001
    if (!mayEnter) {
      throw new Error(
        `PostgreSQL cannot run as root; it runs as user ${owner.uid}, who may not enter ${parent}. ` +
          'Choose another data folder with SLASHZERO_DATA_DIR, or let others enter this one (chmod o+x).',
      )
    }
  }
}
