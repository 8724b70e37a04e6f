import { close, closeSync, constants, fstat, openSync, read } from 'node:fs'
import type { Stats } from 'node:fs'
import { opendir } from 'node:fs/promises'
import { promisify } from 'node:util'
import koffi from 'koffi'
import { RESOLVE_IN_ROOT, RESOLVE_NO_MAGICLINKS, SYS_OPENAT2 } from '@slashzero/linux/uapi'
import { isRefusal, SystemError, toSystemError } from './kernel.ts'
import type { ConfinedFile, FileIdentity } from './kernel.ts'
import { O_PATH, walkConfined } from './walk-confined.ts'

/**
 * Reads a file in the file system of a process; see Kernel. Works on threads of the pool, because the file system can
 * hang.
 */
export async function readConfined(root: string, path: string, known: FileIdentity | null): Promise<ConfinedFile> {
  const descriptor = await openConfined(root, path, FLAGS)
  try {
    const stats = await promisify(fstat)(descriptor)
    if (!stats.isFile()) throw new Error(`${path} is not a regular file`)
    const identity = { device: stats.dev, inode: stats.ino, modifiedMilliseconds: stats.mtimeMs }
    return { identity, text: isSame(identity, known) ? null : await readWhole(descriptor, path, stats) }
  } finally {
    // A close also asks a file system in user space, and that file system may not answer.
    await promisify(close)(descriptor)
  }
}

/** Lists a folder in the file system of a process; see Kernel. */
export async function listConfined(root: string, path: string): Promise<string[]> {
  const descriptor = await openConfined(root, path, FLAGS | constants.O_DIRECTORY)
  const names: string[] = []
  try {
    for await (const entry of await opendir(`/proc/self/fd/${descriptor}`, { encoding: 'latin1' })) {
      if (entry.isFile() || entry.isSymbolicLink()) names.push(entry.name)
      if (names.length > MAX_NAMES) throw new Error(`${path} has more than ${MAX_NAMES} files`)
    }
    return names
  } finally {
    await promisify(close)(descriptor)
  }
}

function isSame(one: FileIdentity, other: FileIdentity | null): boolean {
  return (
    one.device === other?.device && one.inode === other.inode && one.modifiedMilliseconds === other.modifiedMilliseconds
  )
}

/**
 * Opens a path as the process itself would, never outside `root`. Name by name without openat2: Linux before 5.6 has
 * none, and systemd hides it from services with RestrictSUIDSGID=.
 */
async function openConfined(root: string, path: string, flags: number): Promise<number> {
  if (hasOpenat2) {
    try {
      return await openAtOnce(root, path, flags)
    } catch (error) {
      if (!isRefusal(error, 'ENOSYS')) throw error
      hasOpenat2 = false
    }
  }
  return walkConfined(root, path, flags)
}

let hasOpenat2 = true

async function openAtOnce(root: string, path: string, flags: number): Promise<number> {
  const folder = openFolder(root)
  try {
    const name = new Uint8Array(Buffer.from(`${path}\0`, 'latin1'))
    const how = new BigUint64Array([BigInt(flags), 0n, BigInt(RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS)])
    return await new Promise((resolve, reject) => {
      openat2.async(SYS_OPENAT2, folder, name, how, how.byteLength, (failure: Error | null, descriptor: number) => {
        if (failure !== null) reject(failure)
        else if (descriptor < 0) reject(new SystemError(path, codes.get(koffi.errno()) ?? `errno ${koffi.errno()}`))
        else resolve(descriptor)
      })
    })
  } finally {
    closeSync(folder)
  }
}

function openFolder(root: string): number {
  try {
    return openSync(root, O_PATH | constants.O_DIRECTORY)
  } catch (error) {
    throw toSystemError(root, error)
  }
}

async function readWhole(descriptor: number, path: string, { size }: Stats): Promise<string> {
  const buffer = Buffer.alloc(Math.min(size, MAX_BYTES) + 1)
  let length = 0
  while (length < buffer.length) {
    const { bytesRead } = await promisify(read)(descriptor, buffer, length, buffer.length - length, null)
    if (bytesRead === 0) return buffer.toString('latin1', 0, length)
    length += bytesRead
  }
  throw new Error(length > MAX_BYTES ? `${path} has more than ${MAX_BYTES} bytes` : `${path} grew while it was read`)
}

const MAX_BYTES = 1024 * 1024
const MAX_NAMES = 4096
const openat2 = koffi.load(null).func('long syscall(long, long, const void *, const void *, size_t)')
const codes = new Map(
  Object.entries(koffi.os.errno)
    .toReversed()
    .map(([code, number]) => [number, code]),
)
const O_CLOEXEC = 0o2000000
// O_NONBLOCK keeps the open from waiting for things other than files, such as a pipe without a writer.
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY | O_CLOEXEC
