import { spawn } from 'node:child_process'
import { exitOf } from '../process.ts'
import { root } from '../env.ts'

export const help = `slashzero package [--arch x64|arm64]... [--out DIR] [--version V]

Builds the collector's packages into dist/: for each architecture a tarball and, where dpkg-deb is there, a Debian package, with
their checksums. A server of this checkout offers them to hypervisors at /install/collector.sh.`

export async function run(args: string[]): Promise<number> {
  return exitOf(spawn(process.execPath, ['apps/collector/packaging/build.ts', ...args], { cwd: root, stdio: 'inherit' }))
}
