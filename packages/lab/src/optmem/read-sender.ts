import { readFileSync } from 'node:fs'
import type { Cell } from '../cell/start.ts'
import { readSockets, type SocketReading } from './read.ts'

export type SenderReading = SocketReading & {
  /** `net.core.optmem_max` as it holds in the cell. */
  readonly optmemMaxBytes: number
  /** Memberships on interfaces that no longer exist. */
  readonly staleInterfaceIndexes: readonly number[]
}

/** Reads the only raw ICMPv6 socket of a cell and its limit; null where there is none yet. Throws where there are more. */
export async function readSender(cell: Cell): Promise<SenderReading | null> {
  const optmemMaxBytes = Number(await cell.run('cat', ['/proc/sys/net/core/optmem_max']).catch(readMachinesLimit))
  const [reading, ...others] = readSockets(cell.pid, HIGHEST_INDEX)
  if (others.length > 0) throw new Error(`The namespace has ${others.length + 1} raw ICMPv6 sockets where one was expected.`)
  if (!reading) return null
  const existing = readInterfaceIndexes(cell.pid)
  return { ...reading, optmemMaxBytes, staleInterfaceIndexes: reading.memberships.filter((index) => !existing.has(index)) }
}

/** Before Linux 6.8 the limit is the machine's, and its file does not exist in another network namespace. */
function readMachinesLimit(): string {
  return readFileSync('/proc/sys/net/core/optmem_max', 'utf8')
}

/** Every interface with IPv6 is in `/proc/net/igmp6`, by its own groups; a deleted one is not. */
function readInterfaceIndexes(pid: number): Set<number> {
  const lines = readFileSync(`/proc/${pid}/net/igmp6`, 'utf8').trim().split('\n')
  return new Set(lines.map((line) => Number(line.split(/\s+/)[0])))
}

// A lab makes a few hundred interfaces in a namespace's life; asking for one more costs the kernel 2 µs.
const HIGHEST_INDEX = 8192
