import { parseDescriptor, parseProcessStat, parseTunInterface, ShapeError } from '@slashzero/linux'
import { isRefusal } from '../../io/kernel.ts'
import type { Kernel } from '../../io/kernel.ts'
import type { RunRecorder } from '../record-runs.ts'
import { readStart } from './list-processes.ts'
import type { Process } from './list-processes.ts'

/** A tap that a process has open: by its name (byte text), which is unique in a namespace, or a macvtap by its ifindex. */
export type HeldTap = { tap: string } | { macvtap: number }

/** What a process has open, as far as it matters. `sockets` maps inode to descriptor, for wanted inodes only. */
export type Holder = { process: Process; sockets: Map<number, number>; taps: HeldTap[] }

/**
 * What holders are looked for of: inodes of sockets, and names of taps (byte text), each with the places that it stands for: the
 * same name elsewhere is another tap.
 */
export type Wanted = { sockets: ReadonlySet<number>; taps: ReadonlyMap<string, string> }

export type HolderIndex = {
  holders: Holder[]
  /** Processes whose descriptors cannot be listed. */
  closed: Process[]
}

/** `fresh` are the names of taps of which a holder was found in this pass and not before. */
export type HolderFinder = (
  processes: readonly Process[],
  wanted: Wanted,
  runs: RunRecorder,
) => HolderIndex & { fresh: ReadonlySet<string> }

/**
 * Finds who has the raw sockets and the taps open. Listing all descriptors of a hypervisor takes tens of thousands of
 * system calls, so a process is looked through when it is new or young, when its turn comes, when the name of a tap that it has
 * open stands for another tap by now, and when something is there that nobody known holds.
 */
export function createHolderFinder(kernel: Kernel): HolderFinder {
  let known = new Map<number, Known>()
  /** What had no holder after a look through all processes. */
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

/** A holder, and what the names of its taps stood for when it was looked through. */
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

/** Null where the process has ended. */
function readHolder(kernel: Kernel, process: Process, wanted: ReadonlySet<number>): Holder | 'closed' | null {
  const folder = `/proc/${process.pid}`
  const holder: Holder = { process, sockets: new Map(), taps: [] }
  try {
    for (const entry of kernel.listFolder(`${folder}/fd`)) readDescriptor(kernel, folder, entry, holder, wanted)
    // Another process may have the pid by now; then the read belongs to that process.
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
    // A descriptor closed meanwhile, or a file in a container with the driver's name and no interface.
    if (!isRefusal(error, 'ENOENT') && !(error instanceof ShapeError)) throw error
  }
}
