import { close, constants, fstat, open, readlink } from 'node:fs'
import { promisify } from 'node:util'
import { SystemError, toSystemError } from './kernel.ts'

export const O_PATH = 0o10000000
/** The maximum of links that the kernel follows (path_resolution(7)). */
const MAX_LINKS = 40

/**
 * Opens a file below the folder `root` as openat2 with RESOLVE_IN_ROOT does: name by name, every link followed from
 * `root`. `path` is byte text. Out: a descriptor. Throws SystemError.
 */
export async function walkConfined(root: string, path: string, flags: number): Promise<number> {
  const folders: number[] = []
  try {
    folders.push(await promisify(open)(root, O_PATH | constants.O_DIRECTORY))
    return await walk(folders, path, flags)
  } catch (error) {
    throw toSystemError(folders.length === 0 ? root : path, error)
  } finally {
    for (const folder of folders) await promisify(close)(folder)
  }
}

/** `folders` are the open folders on the way, the root first. */
async function walk(folders: number[], path: string, flags: number): Promise<number> {
  const names = split(path)
  let links = 0
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    if (name === '..') {
      await leave(folders, Math.max(1, folders.length - 1))
      continue
    }
    const place = below(folders, name)
    const found = await promisify(open)(place, O_PATH | constants.O_NOFOLLOW)
    folders.push(found)
    const stats = await promisify(fstat)(found)
    if (!stats.isSymbolicLink()) continue
    links += 1
    if (links > MAX_LINKS) throw new SystemError(path, 'ELOOP')
    const target = (await promisify(readlink)(place, 'buffer')).toString('latin1')
    await leave(folders, target.startsWith('/') ? 1 : folders.length - 1)
    names.unshift(...split(target))
  }
  // The path of the own descriptor opens the file that was found, even if its name leads elsewhere by now.
  return promisify(open)(`/proc/self/fd/${folders.at(-1)}`, flags)
}

function split(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.')
}

function below(folders: readonly number[], name: string): Buffer {
  return Buffer.from(`/proc/self/fd/${folders.at(-1)}/${name}`, 'latin1')
}

async function leave(folders: number[], remaining: number): Promise<void> {
  for (const folder of folders.splice(remaining)) await promisify(close)(folder)
}
