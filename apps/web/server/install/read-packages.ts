import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { PackageFile, Packages } from '@slashzero/api'

/**
 * What `npm run package` left in `folder`; null where it left nothing. Only names of its own list are files to be given out,
 * and only such as are a package's: a list that somebody else wrote leads nowhere else.
 */
export async function readPackages(folder: string): Promise<Packages | null> {
  try {
    const checksums = await readFile(join(folder, 'SHA256SUMS'), 'utf8')
    const script = await readFile(join(folder, 'collector.sh'), 'utf8')
    const names = [...checksums.matchAll(LINE)].flatMap(([, name]) => name ?? [])
    return { script, checksums, files: await Promise.all(names.map((name) => describe(folder, name))) }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

const LINE = /^[\da-f]{64} {2}(slashzero-collector[\w.~+-]*\.(?:deb|rpm|tar\.gz))$/gm

async function describe(folder: string, name: string): Promise<PackageFile> {
  const file = join(folder, name)
  const { size } = await stat(file)
  return { name, bytes: size, read: () => readWhole(file) }
}

/** Opens the file when it is read: a HEAD request reads none. */
async function* readWhole(file: string): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(file, { highWaterMark: 256 * 1024 })) {
    if (chunk instanceof Uint8Array) yield chunk
  }
}
