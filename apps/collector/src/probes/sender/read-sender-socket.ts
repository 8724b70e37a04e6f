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
  /** Memberships that it is known to hold; null where it could not be asked. */
  members: number | null
  /** Live interfaces that it is a member on; null where it could not be asked. */
  joined: readonly number[] | null
  /** Why it could not be asked; null where it could. */
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
 * Reads a socket's option memory and its stale memberships. Call the function once a pass for that pass's reader, which asks the
 * kernel for at most some more memberships of dead interfaces than `questions`, all sockets together. Null where the socket is gone.
 */
export function createSocketReader(kernel: Kernel, questions: number): () => SocketReader {
  let sweeps = new Map<string, ReturnType<typeof createSweep>>()
  return () => {
    let left = questions
    const before = sweeps
    // One for all sockets of a namespace, as there can be thousands of both.
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
      const staleInterfaceIndexes = stale === null || stale.length > LARGEST_LIST ? null : stale
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
  unmeasuredReason: 'its option memory could not be read; see the run of optmem',
} as const
/** The contract's bound. */
const LARGEST_LIST = 20_000
