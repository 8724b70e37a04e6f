import {
  parseDescriptor,
  parseQemuCommandLine,
  parseRootMount,
  parseUnixSockets,
  parseVmmCommandLine,
  showBytes,
  splitCommandLine,
} from '@slashzero/linux'
import type { QemuCommandLine } from '@slashzero/linux'
import { MAX_NAME_CHARACTERS } from '@slashzero/contract/report'
import { isRefusal } from '../../io/kernel.ts'
import type { Kernel } from '../../io/kernel.ts'
import type { RunRecorder } from '../record-runs.ts'
import { awaitAnswer, NoAnswer } from '../await-answer.ts'
import type { HeldTap, HolderIndex } from './find-holders.ts'
import { readStart } from './list-processes.ts'
import type { Process } from './list-processes.ts'
import { readExecutable } from './read-executable.ts'

export type Vm = {
  name: string
  uuid: string | null
  pid: number
  /** Inode of the network namespace of the VM's process. */
  namespace: number | null
  /** Below `/proc/PID/root` if the VM has another file system than this process. */
  agentSocketPath: string | null
  taps: HeldTap[]
}

/**
 * Names the VMs: processes with a command line of QEMU, cloud-hypervisor or Firecracker and a tap or macvtap open. On
 * vhost-user no tap is open, so the executable must have such a name: a program can call itself anything.
 */
export function createVmIdentifier(
  kernel: Kernel,
): (processes: readonly Process[], index: HolderIndex, runs: RunRecorder) => Promise<Vm[]> {
  let known = new Map<string, Identity | null>()
  const hanging = new Set<string>()
  return (processes, { holders }, runs) =>
    runs.attemptAsync(
      'vms',
      async () => {
        const taps = new Map(holders.map((holder) => [holder.process.pid, holder.taps]))
        const next = new Map<string, Identity | null>()
        const vms: Vm[] = []
        for (const process of processes) {
          const held = taps.get(process.pid) ?? []
          if (held.length === 0 && !EMULATOR.test(process.name)) continue
          const key = `${process.pid}:${process.startTicks}`
          const before = process.young ? undefined : known.get(key)
          const identity = before === undefined ? await readIdentity(kernel, process, key, hanging, runs) : before
          if (identity !== undefined) next.set(key, identity)
          if (!identity || (held.length === 0 && !isEmulator(kernel, process.pid))) continue
          vms.push({ ...identity, pid: process.pid, namespace: process.namespace, taps: held })
        }
        known = next
        return vms
      },
      [],
    )
}

/**
 * The file names of QEMU and of a distribution's wrapper; NixOS puts a dot before the name. Of `cloud-hypervisor`, the
 * short name of a process has 15 characters. `firecracker-containerd` is no VM.
 */
const EMULATOR = /^\.?(qemu-system|qemu-kvm|kvm|cloud-hyperviso|firecracker(?!-c))/

/** Whether the process runs QEMU or the like. Without the right to see the executable, the short name decides. */
function isEmulator(kernel: Kernel, pid: number): boolean {
  const executable = readExecutable(kernel, pid)
  return executable === null || EMULATOR.test(executable.path.split('/').at(-1) ?? '')
}

type Identity = Pick<Vm, 'name' | 'uuid' | 'agentSocketPath'>

/** Null if the process is not a VM; undefined if the command line could not be read. */
async function readIdentity(
  kernel: Kernel,
  { pid, startTicks }: Process,
  key: string,
  hanging: Set<string>,
  runs: RunRecorder,
): Promise<Identity | null | undefined> {
  // The kernel reads a command line from the memory of the process. The read hangs if the storage of the process hangs.
  const text = await awaitAnswer(key, hanging, () => readCommandLine(kernel, pid))
  if (text instanceof NoAnswer) {
    runs.failed('vms', `/proc/${pid}/cmdline: ${text.reason}`)
    return undefined
  }
  // The kernel may have given the pid to another process during the read.
  if (text !== null && readStart(kernel, pid) !== startTicks) return undefined
  const parsed = text === null ? null : parse(splitCommandLine(text))
  if (parsed === null) return null
  const name = parsed.name ?? parsed.uuid ?? `${parsed.program}-${pid}`
  const agent = findAgentSocket(kernel, pid, parsed.guestAgent)
  // Copy kept substrings so that V8 frees the source texts.
  return structuredClone({
    name: name.slice(0, MAX_NAME_CHARACTERS),
    uuid: parsed.uuid,
    agentSocketPath: agent !== null && (await isElsewhere(kernel, pid)) ? `/proc/${pid}/root${agent}` : agent,
  })
}

function parse(args: readonly string[]): (QemuCommandLine & { program: string }) | null {
  const qemu = parseQemuCommandLine(args)
  if (qemu !== null) return Object.assign(qemu, { program: 'qemu' })
  const other = parseVmmCommandLine(args)
  return other && { ...other, guestAgent: null }
}

/**
 * Whether a process has another root file system than the collector, as in a container. False if that cannot be read.
 */
async function isElsewhere(kernel: Kernel, pid: number): Promise<boolean> {
  try {
    const [own, other] = await Promise.all(['self', pid].map((who) => kernel.readTextAsync(`/proc/${who}/mountinfo`)))
    const root = parseRootMount(other ?? '')
    return root !== null && root !== parseRootMount(own ?? '')
  } catch (error) {
    if (isRefusal(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM', 'EINVAL')) return false
    throw error
  }
}

async function readCommandLine(kernel: Kernel, pid: number): Promise<string | null> {
  try {
    return await kernel.readTextAsync(`/proc/${pid}/cmdline`)
  } catch (error) {
    if (isRefusal(error, 'ENOENT', 'ESRCH')) return null
    throw error
  }
}

/** libvirt opens the channel's socket and gives QEMU the descriptor; the table of unix sockets has the path. */
function findAgentSocket(kernel: Kernel, pid: number, channel: QemuCommandLine['guestAgent']): string | null {
  if (channel === null) return null
  if ('path' in channel) return channel.path
  try {
    const descriptor = parseDescriptor(kernel.readLink(`/proc/${pid}/fd/${channel.descriptor}`))
    if (descriptor.kind !== 'socket') return null
    const file = `/proc/${pid}/net/unix`
    const path = parseUnixSockets(kernel.readText(file), file).find((socket) => socket.inode === descriptor.inode)?.path
    return path === undefined ? null : showBytes(path)
  } catch (error) {
    if (isRefusal(error, 'ENOENT', 'ESRCH', 'EACCES')) return null
    throw error
  }
}
