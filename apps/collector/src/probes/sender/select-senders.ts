import { showBytes } from '@slashzero/linux'
import type { Kernel } from '../../io/kernel.ts'
import type { HolderIndex } from '../process/find-holders.ts'
import type { Process } from '../process/list-processes.ts'
import { readExecutable } from '../process/read-executable.ts'

/** A raw ICMPv6 socket of a process. `descriptor` is null if the descriptors of the process cannot be listed. */
export type SenderSocket = { inode: number; descriptor: number | null }

export type Candidate = {
  process: Process
  daemon: string
  executable: { path: string; deleted: boolean } | null
  sockets: SenderSocket[]
  /**
   * `daemon`: opens raw ICMPv6 sockets only to send RAs. `perhaps`: opens them for other purposes too. `unknown`: any
   * other program.
   */
  standing: 'daemon' | 'perhaps' | 'unknown'
}

/**
 * Names the RA senders of one namespace by its raw ICMPv6 sockets: each `daemon`, and any process whose socket is a
 * member of ff02::2, to hear solicitations. If a socket cannot be asked, only `perhaps` counts as a sender.
 */
export function selectCandidates(
  kernel: Kernel,
  namespace: number,
  rawSockets: readonly number[],
  { holders, closed }: HolderIndex,
): { candidates: Candidate[]; unowned: number[] } {
  const byProcess = new Map<number, Candidate>()
  const unowned: number[] = []
  for (const inode of rawSockets) {
    const owner = findOwner(holders.filter((holder) => holder.sockets.has(inode)).map((holder) => holder.process))
    if (owner === null) {
      unowned.push(inode)
      continue
    }
    const candidate = byProcess.get(owner.pid) ?? nameCandidate(kernel, owner)
    const descriptor = holders.find((holder) => holder.process.pid === owner.pid)?.sockets.get(inode) ?? null
    candidate.sockets.push({ inode, descriptor })
    byProcess.set(owner.pid, candidate)
  }
  const guessed = unowned.length === 0 ? null : guessOwner(kernel, namespace, closed)
  if (guessed === null) return { candidates: [...byProcess.values()], unowned }
  guessed.sockets = unowned.map((inode) => ({ inode, descriptor: null }))
  return { candidates: [...byProcess.values(), guessed], unowned: [] }
}

/**
 * The oldest process among `sharers` that has no parent among them. The privileged half of radvd is a child of radvd.
 */
function findOwner(sharers: readonly Process[]): Process | null {
  const pids = new Set(sharers.map((sharer) => sharer.pid))
  const roots = sharers.filter((sharer) => !pids.has(sharer.parent))
  return roots.toSorted((a, b) => a.startTicks - b.startTicks || a.pid - b.pid)[0] ?? null
}

/**
 * Guesses the owner of sockets without a known owner: a process in this namespace that has the name of an RA daemon and
 * hides its descriptors. If several processes match, the surest daemon is the owner.
 */
function guessOwner(kernel: Kernel, namespace: number, closed: readonly Process[]): Candidate | null {
  const named = closed.filter((process) => process.namespace === namespace && order(showBytes(process.name)) !== -1)
  const best = Math.min(...named.map((process) => order(showBytes(process.name))))
  const owner = findOwner(named.filter((process) => order(showBytes(process.name)) === best))
  return owner === null ? null : nameCandidate(kernel, owner)
}

function nameCandidate(kernel: Kernel, process: Process): Candidate {
  const executable = readExecutable(kernel, process.pid)
  const name = showBytes(executable?.path.split('/').at(-1) ?? process.name)
  const known = KNOWN.find((one) => one.matches.test(name))
  return { process, daemon: known?.daemon ?? name, executable, sockets: [], standing: known?.standing ?? 'unknown' }
}

function order(name: string): number {
  return KNOWN.findIndex((one) => one.matches.test(name))
}

/** Surest first. A process's short name is cut after 15 bytes. */
const KNOWN: { daemon: string; matches: RegExp; standing: 'daemon' | 'perhaps' }[] = [
  { daemon: 'radvd', matches: /^radvd/, standing: 'daemon' },
  { daemon: 'corerad', matches: /^corerad/, standing: 'daemon' },
  { daemon: 'odhcpd', matches: /^odhcpd/, standing: 'daemon' },
  { daemon: 'rad', matches: /^rad$/, standing: 'daemon' },
  // dnsmasq opens such a socket also if it serves only DHCPv6.
  { daemon: 'dnsmasq', matches: /^dnsmasq/, standing: 'perhaps' },
  { daemon: 'zebra', matches: /^zebra/, standing: 'perhaps' },
  { daemon: 'bird', matches: /^bird6?$/, standing: 'perhaps' },
  { daemon: 'systemd-networkd', matches: /^systemd-network/, standing: 'perhaps' },
]
