import { spawn } from 'node:child_process'
import { exitOf } from '../process.ts'
import { root } from '../env.ts'

export const help = `slashzero package [--arch x64|arm64]... [--out DIR] [--version V] [--fast]
slashzero package --check

Builds the collector's packages into dist/: for each architecture a tarball, a .deb where dpkg-deb is there and an .rpm where
rpmbuild is, with their checksums. A server of this checkout offers them to hypervisors at /install/collector.sh.

--fast hardly compresses. --check installs, upgrades and removes what was built, under a real systemd in a container over this
machine's own files, with a radvd that leaks (root, Debian with systemd-container, radvd and curl; two minutes).`

export async function run(args: string[]): Promise<number> {
  const script = args.includes('--check') ? 'check' : 'build'
  return exitOf(
    spawn(process.execPath, [`apps/collector/packaging/${script}.ts`, ...args], { cwd: root, stdio: 'inherit' }),
  )
}
