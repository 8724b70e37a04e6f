import { closeSync, openSync, readdirSync, readlinkSync, readSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { toSystemError } from './kernel.ts'
import type { FileIdentity, Kernel } from './kernel.ts'

type Files = Pick<Kernel, 'readText' | 'readChanged' | 'readTextAsync' | 'listFolder' | 'readLink' | 'identify'>

/** Reads files as byte text, also files of procfs, whose size is unknown before the read. */
export const files: Files = {
  readText: (path) => attempt(path, () => buffer.toString('latin1', 0, fill(path))),
  readChanged: (path, known) => attempt(path, () => readChanged(path, known)),
  readTextAsync: async (path) => {
    try {
      return await readBounded(path)
    } catch (error) {
      throw toSystemError(path, error)
    }
  },
  listFolder: (path) => attempt(path, () => readdirSync(toPath(path), 'latin1')),
  readLink: (path) => attempt(path, () => readlinkSync(toPath(path), 'latin1')),
  identify: (path) => attempt(path, () => identify(path)),
}

// All files share one buffer, because a pass reads hundreds of small files.
let buffer = Buffer.allocUnsafe(64 * 1024)

/** Creates nothing if the file is as before: a table of 400 taps has 140 kB. */
function readChanged(path: string, known: Uint8Array | null): ReturnType<Files['readChanged']> {
  const length = fill(path)
  if (known?.length === length && buffer.compare(known, 0, length, 0, length) === 0) return null
  return { bytes: new Uint8Array(buffer.subarray(0, length)), text: buffer.toString('latin1', 0, length) }
}

/** Reads a file into the buffer. Out: its length in bytes. */
function fill(path: string): number {
  const descriptor = openSync(toPath(path), 'r')
  try {
    let length = 0
    for (;;) {
      const count = readSync(descriptor, buffer, length, buffer.length - length, null)
      if (count === 0) return length
      length += count
      if (length === buffer.length) buffer = Buffer.concat([buffer, Buffer.allocUnsafe(buffer.length)])
    }
  } finally {
    closeSync(descriptor)
  }
}

/** Bounds the read, because the owner of the file decides its length. Files of procfs have size 0. */
async function readBounded(path: string): Promise<string> {
  const file = await open(toPath(path))
  try {
    const chunks: Buffer[] = []
    for (let length = (await file.stat()).size > MAX_ASYNC_BYTES ? Infinity : 0; length <= MAX_ASYNC_BYTES;) {
      const { buffer: chunk, bytesRead } = await file.read(Buffer.allocUnsafe(64 * 1024))
      if (bytesRead === 0) return Buffer.concat(chunks).toString('latin1')
      chunks.push(chunk.subarray(0, bytesRead))
      length += bytesRead
    }
    throw new Error(`${path} has more than ${MAX_ASYNC_BYTES} bytes`)
  } finally {
    await file.close()
  }
}

const MAX_ASYNC_BYTES = 8 * 1024 * 1024

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
    throw toSystemError(path, error)
  }
}
