import { randomBytes, randomUUID } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import type { Cell } from '../cell/start.ts'
import { makeInitramfs, ROOT_TAG } from './make-initramfs.ts'
import { ORDER_PORT } from './order.ts'
import type { Kernel } from './prepare-kernel.ts'
import { type Orders, sendOrders } from './send-orders.ts'
import { startEmulator } from './start-emulator.ts'

export type MachineOptions = {
  name: string
  uuid?: string
  /** The hypervisor's interface for the machine's network card; without it the machine has no card. */
  tap?: string
}

/** A QEMU virtual machine with emulated processors. */
export type Machine = {
  readonly name: string
  readonly uuid: string
  dispose(): Promise<void>
}

export type LinuxMachine = Machine & Pick<Orders, 'run'>

/**
 * Starts a machine without a disk in `cell`, with whose end it ends. Its firmware, iPXE, looks for a boot server and so
 * solicits a router. Its tap exists, and is down, when this function resolves.
 */
export async function startFirmware(cell: Cell, options: MachineOptions & { tap: string }): Promise<Machine> {
  const { name, tap, uuid = randomUUID() } = options
  const qemu = startEmulator(cell, QEMU, [...describe({ name, uuid, tap }), '-m', '128', '-boot', 'n'])
  await qemu.until(`/proc/${cell.pid}/net/dev_snmp6/${tap}`)
  return { name, uuid, dispose: () => qemu.stop() }
}

/**
 * Boots Linux on this machine's files in `cell`, which sees `run` as /run, in some 4 s. Its agent answers at
 * `/run/qemu/NAME.qga.sock`; its eth0 is down. Throws with the guest's console if the boot fails.
 */
export async function startLinux(
  cell: Cell,
  run: string,
  kernel: Kernel,
  options: MachineOptions,
): Promise<LinuxMachine> {
  const { name, uuid = randomUUID() } = options
  await mkdir(`${run}/qemu`, { recursive: true })
  const outside = `${run}/qemu/${name}`
  await writeFile(`${outside}.initramfs`, await makeInitramfs(kernel, name))
  const inside = `/run/qemu/${name}`
  const files = startEmulator(cell, FILE_SERVER, [
    `--socket-path=${inside}.fs.sock`,
    '-o',
    'source=/,sandbox=chroot,cache=always',
  ])
  await files.until(`${outside}.fs.sock`)
  const commandLine = [
    describe({ ...options, uuid }),
    // With two emulated processors, every fourth run of Node in the guest ended by SIGSEGV.
    ['-m', `${MEGABYTES}`, '-smp', '1', '-machine', 'memory-backend=memory'],
    ['-object', `memory-backend-memfd,id=memory,size=${MEGABYTES}M,share=on`],
    ['-kernel', kernel.image, '-initrd', `${inside}.initramfs`, '-append', 'console=ttyS0 panic=-1 net.ifnames=0'],
    ['-serial', `file:${inside}.console`],
    [
      '-chardev',
      `socket,id=files,path=${inside}.fs.sock`,
      '-device',
      `vhost-user-fs-pci,chardev=files,tag=${ROOT_TAG}`,
    ],
    ['-device', 'virtio-serial', '-chardev', `socket,path=${inside}.qga.sock,server=on,wait=off,id=agent`],
    ['-device', 'virtserialport,chardev=agent,name=org.qemu.guest_agent.0'],
    // QEMU lets the machine run once the lab is connected.
    ['-chardev', `socket,path=${inside}.orders.sock,server=on,wait=on,id=orders`],
    ['-device', `virtserialport,chardev=orders,name=${ORDER_PORT}`],
  ]
  const qemu = startEmulator(cell, QEMU, commandLine.flat())
  await qemu.until(`${outside}.orders.sock`)
  const orders = await sendOrders(`${outside}.orders.sock`)
  await orders.ready.catch(async ({ message }: Error) => {
    const console = await readFile(`${outside}.console`, 'utf8').catch(() => '')
    throw new Error(`${name} does not come up: ${message}\n${console.slice(-2000)}`)
  })
  return {
    name,
    uuid,
    run: (command, args, runOptions) => orders.run(command, args, runOptions),
    async dispose() {
      orders.close()
      await Promise.all([qemu.stop(), files.stop()])
    },
  }
}

/**
 * The common part of every command line. Without KVM: few test machines have KVM, and a check would have to come first.
 */
function describe({ name, uuid, tap }: MachineOptions & { uuid: string }): string[] {
  const mac = `52:54:00:${randomBytes(3)
    .toString('hex')
    .replaceAll(/..(?=.)/g, '$&:')}`
  const card = [
    '-netdev',
    `tap,id=net0,ifname=${tap},script=no,downscript=no`,
    '-device',
    `virtio-net-pci,netdev=net0,mac=${mac}`,
  ]
  return [
    ['-name', `guest=${name},debug-threads=on`, '-uuid', uuid],
    ['-machine', 'q35', '-accel', 'tcg', '-cpu', 'max', '-nodefaults', '-display', 'none', '-no-reboot'],
    tap === undefined ? [] : card,
  ].flat()
}

const QEMU = 'qemu-system-x86_64'
const FILE_SERVER = '/usr/lib/qemu/virtiofsd'
const MEGABYTES = 1024
