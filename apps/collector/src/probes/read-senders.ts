import { parseBootTime, startTime } from '@slashzero/linux'
import type { SenderReport, SocketReport } from '@slashzero/contract'
import type { Kernel } from '../io/kernel.ts'
import type { RunRecorder } from '../pass/record-runs.ts'
import type { HolderIndex } from './find-holders.ts'
import { measureSocket, withSenderSocket } from './measure-socket.ts'
import { createVersionReader } from './read-version.ts'
import { selectCandidates } from './select-senders.ts'
import type { Candidate, SenderSocket } from './select-senders.ts'
import { listLinks } from './survey-namespace.ts'
import type { Survey } from './survey-namespace.ts'
import { createSweep } from './sweep-memberships.ts'
import type { Sweep } from './sweep-memberships.ts'

export type SenderReader = (survey: Survey, index: HolderIndex, membershipBytes: number | null, runs: RunRecorder) => SenderReport[]

/** Reads the RA senders of a namespace. `questions`: how many memberships may be asked for in one pass, all sockets together. */
export function createSenderReader(kernel: Kernel, questions: number): () => SenderReader {
  const readVersion = createVersionReader(kernel)
  const startTimes = new Map<string, string>()
  let sweeps = new Map<string, (input: Parameters<ReturnType<typeof createSweep>>[0]) => Sweep>()
  return begin

  function begin(): SenderReader {
    let left = questions
    const before = sweeps
    sweeps = new Map()
    return (survey, index, membershipBytes, runs) => {
      const place = survey.namespace.name ?? `namespace ${survey.namespace.id}`
      const { candidates, unowned } = runs.attempt(
        'senders',
        () => selectCandidates(kernel, survey.namespace.id, survey.rawSockets, index),
        { candidates: [], unowned: survey.rawSockets },
        place,
      )
      if (unowned.length > 0 && index.closed.length > 0) {
        runs.failed('senders', `${place}: who has ${unowned.length} of its raw ICMPv6 sockets is not known`)
      }
      return candidates.flatMap((candidate) =>
        runs.attempt('senders', () => readSender(candidate, survey, membershipBytes, runs), [], `${place}: ${candidate.daemon}`),
      )
    }

    function readSender(candidate: Candidate, survey: Survey, membershipBytes: number | null, runs: RunRecorder): SenderReport[] {
      const sockets = candidate.sockets.map((socket) => readSocket(candidate, socket, survey, membershipBytes, runs))
      const present = sockets.filter((socket) => socket !== null)
      if (present.length === 0 || !isSender(candidate, present)) return []
      const { daemon, process, executable } = candidate
      return [
        {
          daemon: daemon.slice(0, 64),
          version: readVersion(daemon, process.pid),
          pid: process.pid,
          startedAt: readStart(candidate, runs),
          executableDeleted: executable?.deleted ?? false,
          sockets: present.map((socket) => socket.report),
        },
      ]
    }

    function readSocket(
      candidate: Candidate,
      socket: SenderSocket,
      survey: Survey,
      membershipBytes: number | null,
      runs: RunRecorder,
    ): SocketReading | null {
      const { process } = candidate
      return withSenderSocket(kernel, process.pid, socket, (duplicate): SocketReading => {
        const measured = runs.attempt('optmem', () => measureSocket(socket.inode, survey.diagnosed, duplicate), UNMEASURED)
        const { optmemBytes, unmeasuredReason } = measured
        if (unmeasuredReason !== null) runs.failed('optmem', `${candidate.daemon} (${process.pid}): ${unmeasuredReason}`)
        const report = { inode: socket.inode, ...measured, staleInterfaceIndexes: null }
        if ('refused' in duplicate) {
          runs.failed('stale-memberships', `${candidate.daemon} (${process.pid}): ${duplicate.refused}`)
          return { report, members: null }
        }
        const { links, namespace } = survey
        if (links === null) return { report, members: null }
        const key = `${socket.inode}:${process.pid}:${process.startTicks}`
        const sweep = before.get(key) ?? createSweep()
        sweeps.set(key, sweep)
        return runs.attempt('stale-memberships', (): SocketReading => {
          const { stale, liveCount, asked } = sweep({
            socket: duplicate,
            live: new Set(links.map((link) => link.ifindex)),
            readLive: () => new Set(enter(namespace.entrance, () => listLinks(kernel)).map((link) => link.ifindex)),
            expected: membershipBytes === null || optmemBytes === null ? null : Math.floor(optmemBytes / membershipBytes),
            questions: left,
          })
          left -= asked
          const staleInterfaceIndexes = stale === null || stale.length > LARGEST_LIST ? null : stale
          return { report: { ...report, staleInterfaceIndexes }, members: liveCount + (stale?.length ?? 0) }
        }, { report, members: null })
      })
    }
  }

  function enter<Result>(entrance: string | null, work: () => Result): Result {
    return entrance === null ? work() : kernel.inNamespace(entrance, work)
  }

  /** Worked out once for each process: the machine's boot time moves whenever its clock is set. */
  function readStart({ process }: Candidate, runs: RunRecorder): string | null {
    const key = `${process.pid}:${process.startTicks}`
    const known = startTimes.get(key)
    if (known !== undefined) return known
    return runs.attempt('senders', () => {
      const start = new Date(startTime(process, parseBootTime(kernel.readText('/proc/stat')))).toISOString()
      startTimes.set(key, start)
      return start
    }, null)
  }
}

type SocketReading = { report: SocketReport; /** Known to be held; null where the socket could not be asked. */ members: number | null }

function isSender(candidate: Candidate, sockets: readonly SocketReading[]): boolean {
  if (candidate.standing === 'daemon') return true
  if (sockets.some(({ members }) => members !== null && members > 0)) return true
  return candidate.standing === 'perhaps' && sockets.some(({ members }) => members === null)
}

const UNMEASURED = { optmemBytes: null, method: null, unmeasuredReason: 'its option memory could not be read; see the run of optmem' } as const
/** The contract's bound. */
const LARGEST_LIST = 20_000
