import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { collect } from '../cell/collect.ts'
import { BenchError } from './measurement.ts'

/** The packaged collector. */
export type PackagedCollector = {
  /** The program; it takes the collector's arguments. */
  readonly command: string
  readonly remove: () => Promise<void>
}

/** Builds the tarball for this architecture and unpacks it into a temporary folder; installs nothing. */
export async function unpackCollector(): Promise<PackagedCollector> {
  const folder = await mkdtemp(join(tmpdir(), 'slashzero-bench-collector-'))
  try {
    await run(process.execPath, [BUILD, '--fast', '--arch', process.arch, '--out', folder])
    const tarball = (await readdir(folder)).find((name) => name.endsWith('.tar.gz'))
    if (tarball === undefined) throw new BenchError('No tarball of the collector was built.')
    await run('tar', ['-xzf', join(folder, tarball), '-C', folder, '--strip-components=1'])
    const program = join(folder, 'files/usr/local/bin/slashzero-collector')
    const script = await readFile(program, 'utf8')
    await writeFile(program, script.replaceAll('/usr/local/', `${folder}/files/usr/local/`))
    return { command: program, remove: () => rm(folder, { recursive: true, force: true }) }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

const BUILD = fileURLToPath(new URL('../../../../apps/collector/packaging/build.ts', import.meta.url))

async function run(command: string, args: readonly string[]): Promise<void> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const [complaint, [code]] = await Promise.all([collect(child.stderr), once(child, 'close')])
  if (code !== 0) throw new BenchError(`The collector's package was not built: ${complaint.trim().slice(-500)}`)
}
