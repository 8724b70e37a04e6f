import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { loadModules, readArchived } from '../qemu/make-initramfs.ts'
import { packArchive } from '../qemu/pack-archive.ts'
import type { Kernel } from '../qemu/prepare-kernel.ts'

/** Makes the initramfs of a guest that has a default route by `GATEWAY`, and runs this machine's real guest agent. */
export async function makeGuest(kernel: Kernel): Promise<Buffer> {
  const { files, commands } = await loadModules(kernel, ['virtio_pci', 'virtio_console', 'dummy'])
  const programs = new Set([...PROGRAMS, ...(await Promise.all(PROGRAMS.map(listLibraries))).flat()])
  return packArchive([
    ...files,
    ...(await Promise.all(Array.from(programs, (path) => readArchived(path, path.slice(1))))),
    { path: 'init', mode: 0o755, content: start(commands) },
  ])
}

export const GATEWAY = 'fe80::1'
/** Starts the guest agent again after the agent has ended. */
const AGENT_PAUSE_SECONDS = 10
const PROGRAMS = ['/usr/sbin/qemu-ga', '/sbin/ip']

async function listLibraries(path: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ldd', [path])
  return [...stdout.matchAll(/\/\S+\.so\S*/g)].map(([library]) => library)
}

function start(insertions: string): string {
  return `#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev /run
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
${insertions}
/sbin/ip link add eth0 type dummy
/sbin/ip link set eth0 up
/sbin/ip -6 route add default via ${GATEWAY} dev eth0
while :; do
  qemu-ga --method virtio-serial --path /dev/vport0p1 --statedir /run
  sleep ${AGENT_PAUSE_SECONDS}
done
`
}
