import { parseDescriptor, parseProcessStat, parseTunInterface, ShapeError } from '@slashzero/linux'
import { isRefusal } from '../../io/kernel.ts'
import type { Kernel } from '../../io/kernel.ts'
import type { RunRecorder } from '../record-runs.ts'
import { readStart } from './list-processes.ts'
import type { Process } from './list-processes.ts'

/** A tap that a process has open: a name (byte text), which is unique in one namespace, or the ifindex of a macvtap. */
export type HeldTap = { tap: string } | { macvtap: number }

/** The wanted sockets and the taps that a process has open. `sockets` maps inode to descriptor. */
export type Holder = { process: Process; sockets: Map<number, number>; taps: HeldTap[] }

/**
 * The sockets (inodes) and taps (names, byte text) whose holders are wanted. The value of a name is its places: every
 * namespace and ifindex with this name. Another tap of the same name has other places.
 */
export type Wanted = { sockets: ReadonlySet<number>; taps: ReadonlyMap<string, string> }

export type HolderIndex = {
  holders: Holder[]
  /** Processes whose descriptors cannot be listed. */
  closed: Process[]
}

/** `fresh` are the names of taps whose holder was found in this pass for the first time. */
export type HolderFinder = (
  processes: readonly Process[],
  wanted: Wanted,
  runs: RunRecorder,
) => HolderIndex & { fresh: ReadonlySet<string> }

/**
 * Finds the processes that hold raw sockets and taps. A full list costs tens of thousands of system calls, so a pass
 * lists new, young, due and renamed ones; all of them if a new socket or tap has no holder.
 */
export function createHolderFinder(kernel: Kernel): HolderFinder {
  let known = new Map<number, Known>()
  /** Sockets and taps without a holder after a look through all processes. */
  let orphans = new Set<string>()
  let pass = 0
  return (processes, wanted, runs) => {
    const turn = (pass += 1) % LOOK_AGAIN_AFTER
    const next = new Map<number, Known>()
    const fresh = new Set<string>()
    const closed: Process[] = []
    const look = (process: Process): void => {
      const holder = runs.attempt(
        'processes',
        () => readHolder(kernel, process, wanted.sockets),
        null,
        `process ${process.pid}`,
      )
      if (holder === 'closed') closed.push(process)
      else if (holder === null) next.delete(process.pid)
      else keep({ ...holder, places: placesOf(holder, wanted) })
    }
    const keep = (holder: Known): void => {
      const { pid, startTicks } = holder.process
      const before = known.get(pid)
      const told = before?.process.startTicks === startTicks ? before.places : new Map<string, string>()
      for (const [tap, place] of holder.places) if (told.get(tap) !== place) fresh.add(tap)
      next.set(pid, holder)
    }
    const rest: Process[] = []
    for (const process of processes) {
      const before = known.get(process.pid)
      const same =
        before !== undefined &&
        before.process.startTicks === process.startTicks &&
        !process.young &&
        isInPlace(before, wanted)
      if (same) next.set(process.pid, before)
      if (!same || process.pid % LOOK_AGAIN_AFTER === turn) look(process)
      else rest.push(process)
    }
    const unheld = listUnheld(wanted, next)
    if (unheld.some((thing) => !orphans.has(thing))) {
      for (const process of rest) if (!runs.isLate('processes')) look(process)
      orphans = new Set(listUnheld(wanted, next))
    }
    known = next
    // A process with hidden descriptors matters only if something has no holder.
    const remain = closed.length === 0 ? 0 : listUnheld(wanted, next).length
    if (remain > 0) {
      runs.failed(
        'processes',
        `the holders of ${remain} raw ICMPv6 sockets and taps are unknown: the descriptors of ${closed.length} processes ` +
          'cannot be listed: needs CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH',
      )
    }
    return { holders: [...next.values()], fresh, closed }
  }
}

/** Passes from one look through a process to the next. */
const LOOK_AGAIN_AFTER = 16

/** A holder, and the places of its taps' names at the last look through its descriptors. */
type Known = Holder & { places: ReadonlyMap<string, string> }

function placesOf(holder: Holder, wanted: Wanted): Map<string, string> {
  const names = holder.taps.flatMap((held) => ('tap' in held ? [held.tap] : []))
  return new Map(names.map((name) => [name, wanted.taps.get(name) ?? '']))
}

function isInPlace({ places }: Known, { taps }: Wanted): boolean {
  return places.entries().every(([name, place]) => (taps.get(name) ?? '') === place)
}

function listUnheld(wanted: Wanted, holders: ReadonlyMap<number, Holder>): string[] {
  const sockets = new Set(wanted.sockets)
  const taps = new Map(wanted.taps)
  for (const holder of holders.values()) {
    for (const inode of holder.sockets.keys()) sockets.delete(inode)
    for (const held of holder.taps) if ('tap' in held) taps.delete(held.tap)
  }
  return [
    ...Array.from(sockets, (inode) => `socket ${inode}`),
    ...Array.from(taps, ([name, place]) => `tap ${name} ${place}`),
  ]
}

/** Null if the process has ended. */
function readHolder(kernel: Kernel, process: Process, wanted: ReadonlySet<number>): Holder | 'closed' | null {
  const folder = `/proc/${process.pid}`
  const holder: Holder = { process, sockets: new Map(), taps: [] }
  try {
    for (const entry of kernel.listFolder(`${folder}/fd`)) readDescriptor(kernel, folder, entry, holder, wanted)
    // The kernel may have given the pid to another process during the read.
    return holder.taps.length > 0 && readStart(kernel, process.pid) !== process.startTicks ? null : holder
  } catch (error) {
    if (isRefusal(error, 'EACCES', 'EPERM')) return hasEnded(kernel, folder) ? null : 'closed'
    if (isRefusal(error, 'ENOENT', 'ESRCH')) return null
    throw error
  }
}

/** The kernel hides the descriptors of a zombie even from root. */
function hasEnded(kernel: Kernel, folder: string): boolean {
  try {
    return parseProcessStat(kernel.readText(`${folder}/stat`)).ended
  } catch (error) {
    if (isRefusal(error, 'ENOENT', 'ESRCH')) return true
    throw error
  }
}

function readDescriptor(
  kernel: Kernel,
  folder: string,
  entry: string,
  holder: Holder,
  wanted: ReadonlySet<number>,
): void {
  try {
    const descriptor = parseDescriptor(kernel.readLink(`${folder}/fd/${entry}`))
    switch (descriptor.kind) {
      case 'socket':
        if (wanted.has(descriptor.inode)) holder.sockets.set(descriptor.inode, Number(entry))
        break
      case 'tun': {
        const file = `${folder}/fdinfo/${entry}`
        const tap = parseTunInterface(kernel.readText(file), file)
        if (tap !== null) holder.taps.push({ tap })
        break
      }
      case 'macvtap':
        holder.taps.push({ macvtap: descriptor.ifindex })
        break
      case 'namespace':
      case 'other':
        break
      default:
        descriptor satisfies never
    }
  } catch (error) {
    // The descriptor was closed meanwhile, or is a container's file with the name of the driver.
    if (!isRefusal(error, 'ENOENT') && !(error instanceof ShapeError)) throw error
  }
}
