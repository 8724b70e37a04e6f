import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { PackageFile, Packages } from '@slashzero/api'
import { codeOf } from '@slashzero/contract/report'

/**
 * Reads the packages that `npm run package` left in `folder`; null without a build. Only files of the checksum list
 * with the name of a package are served, so a forged list cannot serve other files.
 */
export async function readPackages(folder: string): Promise<Packages | null> {
  try {
    const checksums = await readFile(join(folder, 'SHA256SUMS'), 'utf8')
    const script = await readFile(join(folder, 'collector.sh'), 'utf8')
    const names = [...checksums.matchAll(LINE)].flatMap(([, name]) => name ?? [])
    return { script, checksums, files: await Promise.all(names.map((name) => describe(folder, name))) }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

const LINE = /^[\da-f]{64} {2}(slashzero-collector[\w.~+-]*\.(?:deb|rpm|tar\.gz))$/gm

async function describe(folder: string, name: string): Promise<PackageFile> {
  const file = join(folder, name)
  const { size } = await stat(file)
  return { name, bytes: size, read: () => readWhole(file) }
}

/** Opens the file only when a reader asks; a HEAD request reads nothing. */
async function* readWhole(file: string): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(file, { highWaterMark: 256 * 1024 })) {
    if (chunk instanceof Uint8Array) yield chunk
  }
}
