import { readFileSync } from 'node:fs'
import type { Cell } from '../cell/start.ts'
import { calibrateMembership } from './calibrate.ts'
import { readSockets, type SocketReading } from './read.ts'

export type SenderReading = SocketReading & {
  /** `net.core.optmem_max` in the cell. */
  readonly optmemMaxBytes: number
  /** Option memory of one membership on this kernel. */
  readonly membershipBytes: number
  /** Memberships on interfaces that no longer exist. */
  readonly staleInterfaceIndexes: readonly number[]
}

/**
 * Reads the only raw ICMPv6 socket of a cell and its limit; null without a socket. Throws if there are several sockets.
 */
export async function readSender(cell: Cell): Promise<SenderReading | null> {
  const [reading = null, ...others] = await readSenders(cell)
  if (others.length > 0)
    throw new Error(`The namespace has ${others.length + 1} raw ICMPv6 sockets; the lab expects one.`)
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

/** The limit of a cell. Before Linux 6.8 the limit belongs to the machine, and other namespaces have no file for it. */
export async function readLimit(cell: Cell): Promise<number> {
  const file = '/proc/sys/net/core/optmem_max'
  return Number(await cell.run('cat', [file]).catch(() => readFileSync(file, 'utf8')))
}

/** `/proc/net/igmp6` lists every interface with IPv6, and no deleted interface. */
function readInterfaceIndexes(pid: number): Set<number> {
  const lines = readFileSync(`/proc/${pid}/net/igmp6`, 'utf8').trim().split('\n')
  return new Set(lines.map((line) => Number(line.split(/\s+/)[0])))
}

// A namespace of a lab gets a few hundred interfaces; a question about one more costs the kernel 2 µs.
const HIGHEST_INDEX = 8192
