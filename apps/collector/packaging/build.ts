// Builds the collector's packages: `npm run package`, see README.md.
import { mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { messageOf } from '@slashzero/contract/report'
import packageJson from '../package.json' with { type: 'json' }
import { bundle } from './bundle.ts'
import { ARCHITECTURES, carry } from './carry.ts'
import { describeLicenses } from './describe-licenses.ts'
import { makeDeb } from './make-deb.ts'
import { makeRpm } from './make-rpm.ts'
import { makeTarball } from './make-tarball.ts'
import { isInstalled } from './pack.ts'
import { sha256 } from './sha256.ts'
import { strip } from './strip.ts'

const own = fileURLToPath(new URL('.', import.meta.url))

await main().catch((error: unknown) => {
  process.stderr.write(`Cannot build the packages: ${messageOf(error)}\n`)
  process.exitCode = 1
})

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      out: { type: 'string', default: fileURLToPath(new URL('../../../dist', import.meta.url)) },
      arch: { type: 'string', multiple: true, default: [...ARCHITECTURES] },
      version: { type: 'string', default: packageJson.version },
      // Little compression, for tests.
      fast: { type: 'boolean', default: false },
    },
  })
  await build(resolve(values.out), values.arch, values.version, values.fast)
}

/** Keeps the packages in `out` complete at every moment, because a server may offer them. */
async function build(out: string, architectures: readonly string[], version: string, fast: boolean): Promise<void> {
  const wanted = ARCHITECTURES.filter((one) => architectures.includes(one))
  const strange = architectures.filter((one) => !wanted.some((known) => known === one))
  if (strange.length > 0)
    throw new Error(`Unknown architecture ${strange.join(', ')}: pass ${ARCHITECTURES.join(' or ')}.`)
  await mkdir(out, { recursive: true })
  const folder = await mkdtemp(join(out, '.building-'))
  try {
    const { code, packages } = await bundle(version)
    const debian = await isInstalled('dpkg-deb')
    if (!debian) process.stderr.write('No .deb was built: this machine has no dpkg-deb (Debian package dpkg).\n')
    const redHat = await isInstalled('rpmbuild')
    if (!redHat) process.stderr.write('No .rpm was built: this machine has no rpmbuild (Debian package rpm).\n')
    const names: string[] = []
    for (const architecture of wanted) {
      const { node, nodeLicense, koffi } = await carry(architecture)
      const content = {
        architecture,
        version,
        code,
        node: strip(node),
        koffi,
        licenses: await describeLicenses([...packages, 'koffi'], nodeLicense),
      }
      names.push(await makeTarball(content, folder, fast))
      if (debian) names.push(await makeDeb(content, folder, fast))
      if (redHat) names.push(await makeRpm(content, folder, fast))
    }
    const sums = await Promise.all(names.map(async (name) => `${await sha256(join(folder, name))}  ${name}\n`))
    await writeFile(join(folder, 'SHA256SUMS'), sums.join(''))
    await writeFile(join(folder, 'collector.sh'), await readFile(join(own, 'install.sh')))
    await replace(folder, out, [...names, 'collector.sh', 'SHA256SUMS'])
    process.stdout.write(sums.join(''))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Moves the packages. The checksum list comes last, so that it never names a missing file. */
async function replace(from: string, to: string, names: readonly string[]): Promise<void> {
  for (const name of names) await rename(join(from, name), join(to, name))
  const old = (await readdir(to)).filter((name) => name.startsWith('slashzero-collector') && !names.includes(name))
  for (const name of old) await rm(join(to, name))
}
