import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { type Cell, startCell } from '../cell/start.ts'
import { until } from '../cell/until.ts'
import { claimDirectory, releaseDirectory } from '../leftover/claim.ts'
import type { Kernel } from '../qemu/prepare-kernel.ts'
import { makeGuest } from './make-guest.ts'

export type Libvirt = {
  readonly cell: Cell
  /**
   * Starts a domain whose guest runs an agent, and waits until the agent answers libvirt, which then holds its socket.
   */
  boot(kernel: Kernel, domain: { name: string; uuid: string }): Promise<void>
  /** Runs a program in a guest, through its agent. */
  runInGuest(name: string, path: string, ...args: string[]): Promise<void>
  signal(signal: 'STOP' | 'CONT' | 'KILL'): Promise<void>
  /** Removes libvirtd and its files. */
  dispose(): Promise<void>
}

/** Starts a real libvirtd in namespaces that hide this machine's domains and settings. */
export async function startLibvirt(name: string): Promise<Libvirt> {
  const directory = `${await claimDirectory()}/${name}`
  await mkdir(`${directory}/run`, { recursive: true })
  for (const [file, line] of USERS) {
    await copyFile(`/etc/${file}`, `${directory}/${file}`)
    await writeFile(`${directory}/${file}`, `\n${line}\n`, { flag: 'a' })
  }
  const cell = await startCell([
    ...USERS.map(([file]) => `mount -n --bind ${directory}/${file} /etc/${file}`),
    ...FOLDERS.flatMap((folder) => [`mkdir -p ${folder}`, `mount -n -t tmpfs tmpfs ${folder}`]),
    // This mount comes last because it hides the folder of the others.
    `mount -n --bind ${directory}/run /run`,
    'ip link set lo up',
    `printf '${QEMU_SETTINGS.join('\\n')}\\n' > /etc/libvirt/qemu.conf`,
    `printf '${SETTINGS.join('\\n')}\\n' > /etc/libvirt/libvirtd.conf`,
  ])
  // Not a child of nsenter, which stops with a stopped child and does not continue.
  await cell.run('libvirtd', ['--daemon', '--pid-file', '/run/libvirtd.pid'])
  const virsh = (...args: string[]) => cell.run('virsh', ['--connect', 'qemu:///system', ...args])
  const ask = (domain: string, command: object) => virsh('qemu-agent-command', domain, JSON.stringify(command))
  await until('libvirtd answers', async () => (await virsh('list')) !== '', 15)
  return {
    cell,
    async boot(kernel, domain) {
      await writeFile(`${directory}/run/guest.initramfs`, await makeGuest(kernel))
      await writeFile(`${directory}/run/domain.xml`, describe(kernel, domain))
      await virsh('create', '/run/domain.xml')
      await until('the agent answers', async () => (await ask(domain.name, { execute: 'guest-ping' })) !== '', 60)
    },
    async runInGuest(domain, path, ...arg) {
      await ask(domain, { execute: 'guest-exec', arguments: { path, arg } })
    },
    async signal(signal) {
      await cell.run('kill', [`-${signal}`, (await readFile(`${directory}/run/libvirtd.pid`, 'utf8')).trim()])
    },
    async dispose() {
      await cell.dispose()
      await releaseDirectory(directory)
    },
  }
}

/**
 * libvirt needs this user at its start. Debian's libvirt-daemon-system makes the user, but would also start services.
 */
const USERS = [
  ['passwd', 'libvirt-qemu:x:64055:64055::/var/lib/libvirt:/usr/sbin/nologin'],
  ['group', 'libvirt-qemu:x:64055:'],
] as const
const FOLDERS = ['/etc/libvirt', '/var/lib/libvirt', '/var/cache/libvirt', '/var/log/libvirt']
const QEMU_SETTINGS = [
  'user = "root"',
  'group = "root"',
  'dynamic_ownership = 0',
  'remember_owner = 0',
  'cgroup_controllers = []',
  'namespaces = []',
  'security_driver = "none"',
  'stdio_handler = "file"',
]
const SETTINGS = ['auth_unix_rw = "none"', 'unix_sock_rw_perms = "0700"']

function describe(kernel: Kernel, { name, uuid }: { name: string; uuid: string }): string {
  return `<domain type='qemu'>
  <name>${name}</name>
  <uuid>${uuid}</uuid>
  <memory unit='MiB'>256</memory>
  <os>
    <type arch='x86_64' machine='pc'>hvm</type>
    <kernel>${kernel.image}</kernel>
    <initrd>/run/guest.initramfs</initrd>
    <cmdline>quiet panic=-1</cmdline>
  </os>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <controller type='usb' model='none'/>
    <memballoon model='none'/>
    <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
  </devices>
</domain>
`
}
