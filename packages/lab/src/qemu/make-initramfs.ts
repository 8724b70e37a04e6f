import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ArchivedFile, packArchive } from './pack-archive.ts'
import type { Kernel } from './prepare-kernel.ts'

/** The tag of this machine's files in QEMU's offer to the guest. */
export const ROOT_TAG = 'root'

/**
 * Makes the initramfs of a guest that sees this machine's files read-only, under a layer in memory for its writes. Its
 * first process is a shell that runs `serve.ts` until the machine is shut down.
 */
export async function makeInitramfs(kernel: Kernel, hostname: string): Promise<Buffer> {
  const { files, commands } = await loadModules(kernel, ['virtio_pci', 'virtiofs', 'overlay'])
  return packArchive([
    ...files,
    { path: 'init', mode: 0o755, content: firstStage(commands) },
    { path: 'start', mode: 0o755, content: secondStage(kernel, hostname) },
    { path: 'machine-id', mode: 0o444, content: `${randomBytes(16).toString('hex')}\n` },
  ])
}

/**
 * The files of an archive with busybox, these modules and their dependencies, and the commands that load the modules.
 */
export async function loadModules(kernel: Kernel, names: readonly string[]) {
  const paths = orderModules(await readFile(join(kernel.modules, 'modules.dep'), 'utf8'), names)
  const files = paths.map((path) => readArchived(join(kernel.modules, path), `modules/${basename(path)}`, 0o644))
  const commands = paths.map((path) => `insmod /modules/${basename(path)}`).join('\n')
  return { files: await Promise.all([readArchived(kernel.busybox, 'bin/busybox'), ...files]), commands }
}

/** A file of this machine as a file of an archive. */
export async function readArchived(file: string, path: string, mode = 0o755): Promise<ArchivedFile> {
  return { path, mode, content: await readFile(file) }
}

/** The files of modules and their dependencies, dependencies first. A line of modules.dep lists them last. */
function orderModules(index: string, names: readonly string[]): string[] {
  const lines = index
    .replaceAll(':', '')
    .split('\n')
    .map((line) => line.split(' '))
  const ordered = names.flatMap((name) => {
    const line = lines.find(([path = '']) => basename(path) === `${name}.ko`)
    if (line === undefined) throw new Error(`The kernel has no module ${name}.`)
    return line.toReversed()
  })
  return [...new Set(ordered)]
}

function firstStage(insertions: string): string {
  return `#!/bin/busybox sh
set -e
/bin/busybox mkdir -p /bin /proc /sys /dev /below /above /whole
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
${insertions}
mount -t virtiofs -o ro ${ROOT_TAG} /below
mount -t tmpfs tmpfs /above
mkdir /above/upper /above/work
mount -t overlay -o lowerdir=/below,upperdir=/above/upper,workdir=/above/work overlay /whole
mount -t tmpfs tmpfs /whole/run
cp /start /whole/run/start
rm -f /whole/etc/machine-id
cp /machine-id /whole/etc/machine-id
for folder in proc sys dev; do mount --move /$folder /whole/$folder; done
exec switch_root /whole /bin/sh /run/start
`
}

function secondStage(kernel: Kernel, hostname: string): string {
  return `set -e
mkdir -p /dev/pts /dev/shm /lib/modules
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
mount --bind ${quote(dirname(kernel.modules))} /lib/modules
ln -s ${quote(kernel.busybox)} /run/modprobe
echo /run/modprobe > /proc/sys/kernel/modprobe
for module in virtio_console virtio_net tun; do /run/modprobe $module; done
ip link set lo up
hostname ${quote(hostname)}
export PATH=${quote(dirname(process.execPath))}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
${quote(process.execPath)} ${quote(SERVER)} || echo "The guest's server ended with status $?."
echo o > /proc/sysrq-trigger
sleep 60
`
}

function quote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`
}

const SERVER = fileURLToPath(new URL('serve.ts', import.meta.url))
