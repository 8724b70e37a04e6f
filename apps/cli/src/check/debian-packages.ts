import { existsSync } from 'node:fs'
import { run } from '../process.ts'
import { step } from '../terminal.ts'

/** What the lab and browser tests run for real, and a file that shows it is there. */
const packages = [
  { name: 'radvd', file: '/usr/sbin/radvd' },
  { name: 'iproute2', file: '/sbin/ip' },
  { name: 'chromium', file: '/usr/bin/chromium' },
  { name: 'qemu-guest-agent', file: '/usr/sbin/qemu-ga' },
  { name: 'dnsmasq-base', file: '/usr/sbin/dnsmasq' },
  { name: 'prometheus', file: '/usr/bin/promtool' },
]

/** Installs the Debian packages that tests need, when root on a machine with apt. Returns the names that are still missing. */
export async function installDebianPackages(): Promise<string[]> {
  if (missing().length > 0 && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    await step(`Installing ${missing().join(', ')}`, async () => {
      await run('apt-get update', 'apt-get', ['update', '-qq'], { env })
      await run('apt-get install', 'apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing()], { env })
    })
  }
  return missing()
}

function missing(): string[] {
  return packages.filter(({ file }) => !existsSync(file)).map(({ name }) => name)
}
