import { readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

export type Owner = { readonly uid: number; readonly gid: number }

/** Who PostgreSQL runs as: null for the current user, else (under root) Debian's `postgres` user where it exists, else `nobody`. */
export async function unprivilegedOwner(): Promise<Owner | null> {
  if (process.getuid?.() !== 0) return null
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = users.find(([user]) => user === name) ?? []
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) }
  }
  throw new Error(
    'PostgreSQL does not run as root, and /etc/passwd has neither a user postgres nor nobody. Add one, or set DATABASE_URL.',
  )
}

/** Throws, naming the folder, when `owner` may not enter one of the parents of `folder`. */
export async function assertReachable(folder: string, owner: Owner): Promise<void> {
  for (let parent = dirname(folder); parent !== dirname(parent); parent = dirname(parent)) {
    const { mode, uid, gid } = await stat(parent)
    const mayEnter = uid === owner.uid ? mode & 0o100 : gid === owner.gid ? mode & 0o010 : mode & 0o001
    if (!mayEnter) {
      throw new Error(
        `PostgreSQL does not run as root but as user ${owner.uid}, who may not enter ${parent}. ` +
          'Choose another data folder with SLASHZERO_DATA_DIR, or let others enter this one (chmod o+x).',
      )
    }
  }
}
