import { parseBootTime, showBytes, startTime } from '@slashzero/linux'
import type { SenderReport, SocketReport } from '@slashzero/contract/report'
import type { Clock } from '../../clock.ts'
import type { Kernel } from '../../io/kernel.ts'
import type { RunRecorder } from '../record-runs.ts'
import type { HolderIndex } from '../process/find-holders.ts'
import { createSocketReader } from './read-sender-socket.ts'
import type { SocketReader, SocketReading } from './read-sender-socket.ts'
import { selectCandidates } from './select-senders.ts'
import type { Candidate } from './select-senders.ts'
import type { Survey } from '../namespace/survey-namespace.ts'

export type SenderReader = (
  survey: Survey,
  index: HolderIndex,
  membershipBytes: number | null,
  runs: RunRecorder,
) => SenderReport[]

/**
 * Reads the RA senders of a namespace. Call the function once a pass; it returns the reader of the pass. One
 * pass searches for stale memberships for about `searchMilliseconds`.
 */
export function createSenderReader(kernel: Kernel, clock: Clock, searchMilliseconds: number): () => SenderReader {
  const beginSockets = createSocketReader(kernel, clock, searchMilliseconds)
  let starts = new Map<string, string>()
  return () => {
    const readSocket = beginSockets()
    const before = starts
    starts = new Map()
    return (survey, index, membershipBytes, runs) => {
      const place = survey.namespace.name ?? `namespace ${survey.namespace.id}`
      const { candidates, unowned } = runs.attempt(
        'senders',
        () => selectCandidates(kernel, survey.namespace.id, survey.rawSockets, index),
        { candidates: [], unowned: survey.rawSockets },
        place,
      )
      if (unowned.length > 0 && index.closed.length > 0) {
        runs.failed('senders', `${place}: the owners of ${unowned.length} raw ICMPv6 sockets are unknown`)
      }
      const senders = candidates.flatMap((candidate) => {
        const report = () => readSender(candidate, survey, membershipBytes, runs, readSocket, before)
        return runs.attempt('senders', report, [], `${place}: ${candidate.daemon}`)
      })
      // The counts of igmp6 already say what a single sender has joined.
      if (senders.length === 1) return senders.map(({ report }) => report)
      return senders.map(({ report, joined }) =>
        Object.assign(report, { joinedListeners: nameListeners(survey, joined) }),
      )
    }
  }

  function readSender(
    candidate: Candidate,
    survey: Survey,
    membershipBytes: number | null,
    runs: RunRecorder,
    readSocket: SocketReader,
    before: ReadonlyMap<string, string>,
  ): Reading[] {
    const readings = candidate.sockets.map((socket) => readSocket(candidate, socket, survey, membershipBytes, runs))
    const sockets = readings.filter((reading) => reading !== null)
    if (sockets.length === 0 || !isSender(candidate, sockets)) return []
    const { daemon, process, executable } = candidate
    for (const { report, refused } of sockets) {
      if (report.unmeasuredReason !== null)
        runs.failed('optmem', `${daemon} (${process.pid}): ${report.unmeasuredReason}`)
      if (refused !== null) runs.failed('stale-memberships', `${daemon} (${process.pid}): ${refused}`)
    }
    const report: SenderReport = {
      daemon: daemon.slice(0, 64),
      version: null,
      pid: process.pid,
      startedAt: runs.attempt('senders', () => readStart(candidate, before), null),
      executableDeleted: executable?.deleted ?? false,
      configuration: null,
      sockets: chooseFullest(sockets.map((socket) => socket.report)),
    }
    const known = sockets.every(({ joined }) => joined !== null)
    return [{ report, joined: known ? new Set(sockets.flatMap(({ joined }) => joined ?? [])) : null }]
  }

  /** Computed once for each process, because the boot time in `/proc/stat` moves if somebody sets the clock. */
  function readStart({ process }: Candidate, before: ReadonlyMap<string, string>): string {
    const key = `${process.pid}:${process.startTicks}`
    const start =
      before.get(key) ?? new Date(startTime(process, parseBootTime(kernel.readText('/proc/stat')))).toISOString()
    starts.set(key, start)
    return start
  }
}

type Reading = {
  report: SenderReport
  /** Interfaces on which a socket of the sender is a member; null if a socket could not be asked. */
  joined: ReadonlySet<number> | null
}

/** A daemon can have a socket for each interface. The fullest sockets fail first, so the report has these. */
function chooseFullest(sockets: SocketReport[]): SocketReport[] {
  if (sockets.length <= MAX_SOCKETS) return sockets
  return sockets
    .toSorted((a, b) => (b.optmemBytes ?? 0) - (a.optmemBytes ?? 0) || a.inode - b.inode)
    .slice(0, MAX_SOCKETS)
}

/** The contract's bound. */
const MAX_SOCKETS = 256

/** The names of the taps' listeners among the `joined` interfaces; null if unknown. */
function nameListeners({ links, taps }: Survey, joined: ReadonlySet<number> | null): string[] | null {
  if (links === null || joined === null) return null
  const listeners = new Set(taps.map(({ listener }) => listener))
  return links
    .filter(({ ifindex }) => joined.has(ifindex))
    .map(({ name }) => showBytes(name))
    .filter((name) => listeners.has(name))
}

function isSender(candidate: Candidate, sockets: readonly SocketReading[]): boolean {
  if (candidate.standing === 'daemon') return true
  if (sockets.some(({ members }) => members !== null && members > 0)) return true
  return candidate.standing === 'perhaps' && sockets.some(({ members }) => members === null)
}
