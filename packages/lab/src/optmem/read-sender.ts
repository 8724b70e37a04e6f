import { readFileSync } from 'node:fs'
import type { Cell } from '../cell/start.ts'
import { calibrateMembership } from './calibrate.ts'
import { readSockets, type SocketReading } from './read.ts'

export type SenderReading = SocketReading & {
  /** `net.core.optmem_max` as it holds in the cell. */
  readonly optmemMaxBytes: number
  /** Option memory that one membership costs on this kernel. */
  readonly membershipBytes: number
  /** Memberships on interfaces that no longer exist. */
  readonly staleInterfaceIndexes: readonly number[]
}

/** Reads the only raw ICMPv6 socket of a cell and its limit; null where there is none yet. Throws where there are more. */
export async function readSender(cell: Cell): Promise<SenderReading | null> {
  const [reading = null, ...others] = await readSenders(cell)
  if (others.length > 0)
    throw new Error(`The namespace has ${others.length + 1} raw ICMPv6 sockets where one was expected.`)
  return reading
}

/** Reads every raw ICMPv6 socket of a cell, and its limit. */
export async function readSenders(cell: Cell): Promise<SenderReading[]> {
  const optmemMaxBytes = await readLimit(cell)
  const membershipBytes = calibrateMembership()
  const readings = readSockets(cell.pid, HIGHEST_INDEX)
  const existing = readInterfaceIndexes(cell.pid)
  return readings.map((reading) => {
    const staleInterfaceIndexes = reading.memberships.filter((index) => !existing.has(index))
    return Object.assign(reading, { optmemMaxBytes, membershipBytes, staleInterfaceIndexes })
  })
}

/** The limit that holds in a cell. Before Linux 6.8 it is the machine's, and its file does not exist in another namespace. */
export async function readLimit(cell: Cell): Promise<number> {
  const file = '/proc/sys/net/core/optmem_max'
  return Number(await cell.run('cat', [file]).catch(() => readFileSync(file, 'utf8')))
}

/** Every interface with IPv6 is in `/proc/net/igmp6`, by its own groups; a deleted one is not. */
function readInterfaceIndexes(pid: number): Set<number> {
  const lines = readFileSync(`/proc/${pid}/net/igmp6`, 'utf8').trim().split('\n')
  return new Set(lines.map((line) => Number(line.split(/\s+/)[0])))
}

// A lab makes a few hundred interfaces in a namespace's life; asking for one more costs the kernel 2 µs.
const HIGHEST_INDEX = 8192
