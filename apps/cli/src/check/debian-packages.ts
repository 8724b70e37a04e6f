import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { childEnvironment } from '../env.ts'
import { run } from '../process.ts'
import { step } from '../terminal.ts'

/** Programs that the lab and browser tests run, each with a file that proves its presence. */
const packages = [
  { name: 'radvd', file: '/usr/sbin/radvd' },
  { name: 'iproute2', file: '/sbin/ip' },
  { name: 'chromium', file: '/usr/bin/chromium' },
  { name: 'qemu-guest-agent', file: '/usr/sbin/qemu-ga' },
  { name: 'qemu-system-x86', file: '/usr/bin/qemu-system-x86_64' },
  { name: 'ipxe-qemu', file: '/usr/lib/ipxe/qemu/pxe-virtio.rom' },
  { name: 'iputils-ping', file: '/usr/bin/ping' },
  { name: 'ndisc6', file: '/usr/bin/rdisc6' },
  { name: 'nftables', file: '/usr/sbin/nft' },
  { name: 'libvirt-daemon', file: '/usr/sbin/libvirtd' },
  { name: 'libvirt-clients', file: '/usr/bin/virsh' },
  { name: 'dnsmasq-base', file: '/usr/sbin/dnsmasq' },
  { name: 'tcpdump', file: '/usr/bin/tcpdump' },
  { name: 'podman', file: '/usr/bin/podman' },
  { name: 'docker.io', file: '/usr/sbin/dockerd' },
  { name: 'runc', file: '/usr/sbin/runc' },
  { name: 'systemd-container', file: '/usr/bin/systemd-nspawn' },
  { name: 'man-db', file: '/usr/bin/man' },
  { name: 'rpm', file: '/usr/bin/rpmbuild' },
  { name: 'systemd', file: '/usr/bin/systemd-analyze' },
  { name: 'openssl', file: '/usr/bin/openssl' },
  { name: 'shellcheck', file: '/usr/bin/shellcheck' },
  { name: 'busybox', file: '/bin/busybox' },
  { name: 'mksh', file: '/bin/mksh' },
  { name: 'curl', file: '/usr/bin/curl' },
  { name: 'wget', file: '/usr/bin/wget' },
  { name: 'prometheus', file: '/usr/bin/promtool' },
]

/**
 * Installs the Debian packages that tests need, when root on a machine with apt. Returns the names that are still
 * missing.
 */
export async function installDebianPackages(): Promise<string[]> {
  if (missing().length > 0 && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const env = childEnvironment({ DEBIAN_FRONTEND: 'noninteractive' })
    await step(`Installing ${missing().join(', ')}`, () =>
      withoutServices(async () => {
        await run('apt-get update', 'apt-get', ['update', '-qq'], { env })
        await run('apt-get install', 'apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing()], {
          env,
        })
      }),
    )
  }
  return missing()
}

/**
 * The tests start these programs themselves: Debian's own services of radvd and Prometheus must not start with the
 * packages.
 */
async function withoutServices(install: () => Promise<void>): Promise<void> {
  const policy = '/usr/sbin/policy-rc.d' // asked by every maintainer script; 101 forbids the action
  if (existsSync(policy)) return install()
  await writeFile(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    await install()
  } finally {
    await rm(policy, { force: true })
  }
}

function missing(): string[] {
  return packages.filter(({ file }) => !existsSync(file)).map(({ name }) => name)
}
