import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { z } from 'zod'

export const ARCHITECTURES = ['x64', 'arm64'] as const
export type Architecture = (typeof ARCHITECTURES)[number]

export type Carried = {
  /** The Node program, as published. */
  readonly node: Buffer
  readonly nodeLicense: Buffer
  /** koffi's native part for the GNU C library. */
  readonly koffi: Buffer
}

/**
 * Returns the parts of a package beside the bundle, at the versions of package-lock.json. Parts for another
 * architecture, which npm does not install, come from the registry and are compared with the lockfile's integrity.
 */
export async function carry(architecture: Architecture): Promise<Carried> {
  const [node, nodeLicense] = await fromPackage(`node-linux-${architecture}`, ['bin/node', 'LICENSE'])
  const [koffi] = await fromPackage(`@koromix/koffi-linux-${architecture}`, [`linux_${architecture}/koffi.node`])
  if (node === undefined || nodeLicense === undefined || koffi === undefined)
    throw new Error('a file of the packages was not read')
  return { node, nodeLicense, koffi }
}

const root = fileURLToPath(new URL('../../..', import.meta.url))
const run = promisify(execFile)

async function fromPackage(name: string, files: readonly string[]): Promise<Buffer[]> {
  const readAll = (from: string) => Promise.all(files.map((file) => readFile(join(from, file))))
  const installed = join(root, 'node_modules', name)
  if (existsSync(installed)) return await readAll(installed)
  const folder = await mkdtemp(join(tmpdir(), 'slashzero-package-'))
  try {
    await fetchPackage(name, folder)
    return await readAll(join(folder, 'package'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function fetchPackage(name: string, folder: string): Promise<void> {
  const { version, integrity } = lockOf(name)
  const { stdout } = await run('npm', ['pack', `${name}@${version}`, '--silent', '--pack-destination', folder], {
    cwd: folder,
  }).catch((error: unknown) => {
    throw new Error(
      `${name} ${version} cannot be fetched from the npm registry; check the network, or build for this machine's architecture alone with --arch`,
      { cause: error },
    )
  })
  const file = join(folder, stdout.trim().split('\n').at(-1) ?? '')
  const found = `sha512-${createHash('sha512')
    .update(await readFile(file))
    .digest('base64')}`
  if (found !== integrity) throw new Error(`${name} ${version} from the registry is not what package-lock.json names`)
  await run('tar', ['-xzf', file, '-C', folder])
}

function lockOf(name: string): { version: string; integrity: string } {
  const { packages } = lockfile.parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')))
  const { version, integrity } = packages[`node_modules/${name}`] ?? {}
  if (version === undefined || integrity === undefined)
    throw new Error(`package-lock.json does not name ${name}; run npm install`)
  return { version, integrity }
}

const lockfile = z.object({
  packages: z.record(z.string(), z.object({ version: z.string().optional(), integrity: z.string().optional() })),
})
