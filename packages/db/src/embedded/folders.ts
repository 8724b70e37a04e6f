import { constants } from 'node:fs'
import { chmod, lstat, mkdir, open, realpath } from 'node:fs/promises'
import { dirname } from 'node:path'
import { codeOf } from '@slashzero/contract/report'
import type { Owner } from './owner.ts'

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants
const STICKY = 0o1000
const OTHERS_WRITE = 0o022

/**
 * Throws an error that names the place if another user than root could replace a part of the path of `folder`: there,
 * that user could lead root to any file. Does nothing for a process of another user. Missing parts are passed over.
 */
export async function assertOnlyRootChanges(folder: string): Promise<void> {
  if (process.getuid?.() !== 0) return
  const real = await realpath(folder).catch(() => folder)
  for (const place of new Set([...partsOf(folder), ...partsOf(real)])) {
    const found = await lstat(place).catch(() => null)
    if (found === null) continue
    const isOpen = !found.isSymbolicLink() && (found.mode & OTHERS_WRITE) !== 0 && (found.mode & STICKY) === 0
    if (found.uid === 0 && !isOpen) continue
    const change =
      found.uid === 0 ? `Users other than root can change ${place}` : `${place} belongs to user ${found.uid}`
    throw new Error(
      `${change}, so root does not work in ${folder}. Run the command as the user who owns the folder, or name a folder of root ` +
        'with SLASHZERO_DATA_DIR.',
    )
  }
}

function partsOf(path: string): string[] {
  return path === dirname(path) ? [path] : [...partsOf(dirname(path)), path]
}

/**
 * Makes `path` a folder of `owner` with `mode`; null is the current user. Root acts on the opened folder, never through
 * a link. Throws if something else has the name. Only root may be able to change the parent folder.
 */
export async function takeFolder(path: string, owner: Owner | null, mode: number): Promise<void> {
  await mkdir(path, { mode }).catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error
  })
  if (owner === null) return chmod(path, mode)
  const handle = await open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW).catch((cause: unknown) => {
    throw new Error(`${path} is not a folder but a link or a file; remove it and start again.`, { cause })
  })
  try {
    await handle.chown(owner.uid, owner.gid)
    await handle.chmod(mode)
  } finally {
    await handle.close()
  }
}

/**
 * The first bytes of a file of the user `uid` as text; null if missing. Throws for a link, for another kind of file and
 * for a file of another user.
 */
export async function readFileOf(path: string, uid: number | undefined): Promise<string | null> {
  try {
    // Without O_NONBLOCK a pipe under this name would hold the start up for ever.
    const handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    try {
      const found = await handle.stat()
      if (!found.isFile() || (uid !== undefined && found.uid !== uid)) throw new Error('not a file of the right user')
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_BYTES), 0, MAX_BYTES, 0)
      return buffer.toString('utf8', 0, bytesRead)
    } finally {
      await handle.close()
    }
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null
    throw new Error(`${path} is not a file of user ${uid}; remove it and start again.`, { cause })
  }
}

const MAX_BYTES = 4096
