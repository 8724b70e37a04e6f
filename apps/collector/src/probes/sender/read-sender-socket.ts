import type { SocketReport } from '@slashzero/contract/report'
import type { Kernel, OtherSocket } from '../../io/kernel.ts'
import type { RunRecorder } from '../record-runs.ts'
import { within } from '../namespace/list-namespaces.ts'
import { measureSocket, withSenderSocket } from './measure-socket.ts'
import type { Candidate, SenderSocket } from './select-senders.ts'
import { listLinks } from '../namespace/survey-namespace.ts'
import type { Survey } from '../namespace/survey-namespace.ts'
import { createSweep } from './sweep-memberships.ts'

export type SocketReading = {
  report: SocketReport
  /** The number of memberships found on the socket; null if the socket could not be asked. */
  members: number | null
  /** Live interfaces on which the socket is a member; null if the socket could not be asked. */
  joined: readonly number[] | null
  /** Why the socket could not be asked; null if it could. */
  refused: string | null
}

export type SocketReader = (
  candidate: Candidate,
  socket: SenderSocket,
  survey: Survey,
  membershipBytes: number | null,
  runs: RunRecorder,
) => SocketReading | null

/**
 * Reads the option memory and the stale memberships of a socket. Call the function once a pass; it returns the reader
 * of the pass. `questions` bounds the questions about dead interfaces of all sockets together; a pass may ask some
 * more. The reader returns null if the socket is gone.
 */
export function createSocketReader(kernel: Kernel, questions: number): () => SocketReader {
  let sweeps = new Map<string, ReturnType<typeof createSweep>>()
  return () => {
    let left = questions
    const before = sweeps
    // All sockets of a namespace share one set: both can number thousands.
    const lives = new Map<Survey, ReadonlySet<number>>()
    sweeps = new Map()
    return (candidate, socket, survey, membershipBytes, runs) => {
      const { process } = candidate
      return withSenderSocket(kernel, process.pid, socket, (duplicate): SocketReading => {
        const measured = runs.attempt(
          'optmem',
          () => measureSocket(socket.inode, survey.diagnosed, duplicate),
          UNMEASURED,
        )
        const receiveDrops = survey.rawRows.get(socket.inode)?.receiveDrops ?? null
        const report = { inode: socket.inode, ...measured, receiveDrops, staleInterfaceIndexes: null }
        if ('refused' in duplicate) return { report, members: null, joined: null, refused: duplicate.refused }
        if (survey.links === null) return { report, members: null, joined: null, refused: null }
        const key = `${socket.inode}:${process.pid}:${process.startTicks}`
        const sweep = before.get(key) ?? createSweep()
        sweeps.set(key, sweep)
        return runs.attempt('stale-memberships', () => enumerate(sweep, duplicate, survey, membershipBytes, report), {
          report,
          members: null,
          joined: null,
          refused: null,
        })
      })
    }

    function enumerate(
      sweep: ReturnType<typeof createSweep>,
      socket: OtherSocket,
      survey: Survey,
      membershipBytes: number | null,
      report: SocketReport,
    ): SocketReading {
      const live = lives.get(survey) ?? new Set(survey.links?.map((link) => link.ifindex))
      lives.set(survey, live)
      const { stale, joined, asked } = sweep({
        socket,
        live,
        readLive: () => new Set(within(kernel, survey.namespace, () => listLinks(kernel)).map((link) => link.ifindex)),
        expected:
          membershipBytes === null || report.optmemBytes === null
            ? null
            : Math.floor(report.optmemBytes / membershipBytes),
        questions: left,
      })
      left -= asked
      const staleInterfaceIndexes = stale === null || stale.length > MAX_STALE ? null : stale
      return {
        report: { ...report, staleInterfaceIndexes },
        members: joined.length + (stale?.length ?? 0),
        joined,
        refused: null,
      }
    }
  }
}

const UNMEASURED = {
  optmemBytes: null,
  method: null,
  unmeasuredReason: 'the option memory could not be read; see the run of optmem',
} as const
/** The contract's bound. */
const MAX_STALE = 20_000
