import type { ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { mkdir, symlink } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { collect } from '../cell/collect.ts'
import { type Cell, childOf } from '../cell/start.ts'
import { bringUp } from '../tap/hold.ts'
import { moveTap } from '../tap/move.ts'
import { startGuest } from './guest.ts'

export type Vm = {
  readonly name: string
  readonly uuid: string
  readonly tap: string
  /** Its guest, to run programs in. */
  readonly guest: Cell
  /** Whether the guest's kernel has a usable route to ::/0: `ip -6 route get` refuses an expired route. */
  hasDefaultRoute(): Promise<boolean>
  /** Shuts the VM down: its tap disappears from the hypervisor. */
  dispose(): Promise<void>
}

export type VmOptions = {
  name: string
  tap: string
  uuid?: string
  /** The tap's destination after the VM has opened the tap; without it, the hypervisor's own namespace. */
  network?: Cell
  /** As in {@link BringUpOptions}. */
  addressed?: boolean
}

/**
 * Starts a VM: a process with QEMU's command line that holds the tap, and a guest with a real guest agent. `directory`:
 * the VM's own files. `run`: the folder that the hypervisor sees as /run.
 */
export async function startVm(hypervisor: Cell, directory: string, run: string, options: VmOptions): Promise<Vm> {
  const { name, tap, uuid = randomUUID(), network = hypervisor, addressed = false } = options
  const guest = await startGuest(directory, name)
  try {
    const socket = `qemu/${name}.qga.sock`
    await mkdir(`${run}/qemu`, { recursive: true })
    // QEMU's name, because the name identifies a VM's process.
    await symlink(process.execPath, `${run}/${EMULATOR}`).catch(ignoreExisting)
    const machine = await startMachine(hypervisor, guest, commandLine({ name, uuid, tap, socket: `/run/${socket}` }))
    const ended = once(machine, 'exit')
    startAgent(guest, directory, `${run}/${socket}`)
    if (network !== hypervisor) await moveTap(tap, hypervisor, network)
    await bringUp(network, [tap], { addressed })
    await guest.run('ip', ['link', 'set', 'eth0', 'up'])
    return {
      name,
      uuid,
      tap,
      guest,
      hasDefaultRoute: () => guest.run('ip', ['-6', 'route', 'get', SOMEWHERE]).then(isRoute, isUnreachable),
      async dispose() {
        stop(machine)
        await Promise.all([ended, guest.dispose()])
      },
    }
  } catch (error) {
    await guest.dispose()
    throw error
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}

async function startMachine(hypervisor: Cell, guest: Cell, args: string[]) {
  const namespace = openSync(`/proc/${guest.pid}/ns/net`, 'r')
  const child = hypervisor.spawn(`/run/${EMULATOR}`, [PROGRAM, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', namespace],
  })
  closeSync(namespace)
  const failure = collect(child.stderr)
  if (!child.stdout) throw new Error('The VM process has no output.')
  const started = await Promise.race([once(child.stdout, 'data'), once(child, 'exit').then(() => null)])
  if (!started) throw new Error(`The VM's process ended: ${(await failure).trim()}`)
  return child
}

function startAgent(guest: Cell, directory: string, socket: string): void {
  const files = ['--statedir', directory, '--pidfile', `${directory}/qemu-ga.pid`]
  guest.spawn('qemu-ga', ['--method', 'unix-listen', '--path', socket, ...files])
}

function stop(machine: ChildProcess): void {
  if (machine.exitCode !== null || machine.signalCode !== null) return
  try {
    // The child is nsenter, which ends with the process that it started.
    process.kill(childOf(machine))
  } catch {
    // The VM has just ended with its hypervisor.
  }
}

function commandLine(vm: { name: string; uuid: string; tap: string; socket: string }): string[] {
  return [
    ['-name', `guest=${vm.name.replaceAll(',', ',,')},debug-threads=on`],
    ['-uuid', vm.uuid],
    ['-netdev', `tap,id=net0,ifname=${vm.tap},script=no,downscript=no`],
    ['-device', 'virtio-net-pci,netdev=net0'],
    ['-chardev', `socket,path=${vm.socket},server=on,wait=off,id=qga0`],
    ['-device', 'virtio-serial', '-device', 'virtserialport,chardev=qga0,name=org.qemu.guest_agent.0'],
  ].flat()
}

const isRoute = (answer: string) => /^2001:db8::1 (from :: )?via fe80:/.test(answer)

function isUnreachable(error: unknown): false {
  if (error instanceof Error && /unreachable|No route to host/i.test(error.message)) return false
  throw error
}

const EMULATOR = 'qemu/qemu-system-x86_64'
const SOMEWHERE = '2001:db8::1'
const PROGRAM = fileURLToPath(new URL('main.ts', import.meta.url))
