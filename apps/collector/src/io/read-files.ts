import { closeSync, openSync, readdirSync, readlinkSync, readSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { SystemError } from './kernel.ts'
import type { FileIdentity, Kernel } from './kernel.ts'

type Files = Pick<Kernel, 'readText' | 'readTextSoon' | 'listFolder' | 'readLink' | 'identify'>

/** Reads files, byte for byte; of use for procfs, whose files have no size before they are read. */
export const files: Files = {
  readText: (path) => attempt(path, () => readWhole(path)),
  readTextSoon: async (path) => {
    try {
      return await readFile(toPath(path), 'latin1')
    } catch (error) {
      throw refusal(path, error)
    }
  },
  listFolder: (path) => attempt(path, () => readdirSync(toPath(path), 'latin1')),
  readLink: (path) => attempt(path, () => readlinkSync(toPath(path), 'latin1')),
  identify: (path) => attempt(path, () => identify(path)),
}

// One buffer for all: hundreds of small files are read a pass.
let buffer = Buffer.allocUnsafe(64 * 1024)

function readWhole(path: string): string {
  const descriptor = openSync(toPath(path), 'r')
  try {
    let length = 0
    for (;;) {
      const count = readSync(descriptor, buffer, length, buffer.length - length, null)
      if (count === 0) return buffer.toString('latin1', 0, length)
      length += count
      if (length === buffer.length) buffer = Buffer.concat([buffer, Buffer.allocUnsafe(buffer.length)])
    }
  } finally {
    closeSync(descriptor)
  }
}

function identify(path: string): FileIdentity {
  const { dev, ino, mtimeMs } = statSync(toPath(path))
  return { device: dev, inode: ino, modifiedMilliseconds: mtimeMs }
}

function toPath(byteText: string): string | Buffer {
  return /[\u0080-\u00ff]/.test(byteText) ? Buffer.from(byteText, 'latin1') : byteText
}

function attempt<Result>(path: string, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw refusal(path, error)
  }
}

function refusal(path: string, error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return error
  return new SystemError(path, error.code)
}
