import { parseSocketMemory } from '@slashzero/linux'
import type { Link } from '@slashzero/linux'
import type { SocketReport } from '@slashzero/contract/report'
import type { Clock } from '../../clock.ts'
import { deriveOnce } from '../../derive-once.ts'
import type { Kernel, OtherSocket } from '../../io/kernel.ts'
import type { RunRecorder } from '../record-runs.ts'
import { within } from '../namespace/list-namespaces.ts'
import { measureSocket, withSenderSocket } from './measure-socket.ts'
import type { Candidate, SenderSocket } from './select-senders.ts'
import { listLinks } from '../namespace/read-links.ts'
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
 * Reads the option memory and stale memberships of a socket; null if the socket is gone. Call once a pass for the
 * pass's reader, which asks for interfaces never seen for about `milliseconds`, all sockets together.
 */
export function createSocketReader(kernel: Kernel, clock: Clock, milliseconds: number): () => SocketReader {
  let sweeps = new Map<string, ReturnType<typeof createSweep>>()
  // All sockets of a namespace share one set: both can number thousands.
  const listLive = deriveOnce(
    (links: readonly Link[]): ReadonlySet<number> => new Set(links.map((link) => link.ifindex)),
  )
  return () => {
    let left = milliseconds
    const before = sweeps
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
        return runs.attempt(
          'stale-memberships',
          () => enumerate(candidate, sweep, duplicate, survey, membershipBytes, report),
          {
            report,
            members: null,
            joined: null,
            refused: null,
          },
        )
      })
    }

    function enumerate(
      { standing }: Candidate,
      sweep: ReturnType<typeof createSweep>,
      socket: OtherSocket,
      survey: Survey,
      membershipBytes: number | null,
      report: SocketReport,
    ): SocketReading {
      const live = listLive(survey.links ?? NO_LINKS)
      const since = clock.monotonic()
      const search = (bytes: number | null) =>
        sweep({
          socket,
          live,
          readLive: () =>
            new Set(within(kernel, survey.namespace, () => listLinks(kernel)).map((link) => link.ifindex)),
          expected: membershipBytes === null || bytes === null ? null : Math.floor(bytes / membershipBytes),
          ofDaemon: standing === 'daemon',
          mayAsk: allowUntil(clock, since + left / 2),
        })
      const readUsed = () => (report.optmemBytes === null ? null : parseSocketMemory(socket.memory()).optmemBytes)
      // The daemon may join and leave meanwhile, and the answer of sock_diag may be older than the answer of the
      // socket.
      const used = readUsed()
      const first = search(used)
      const optmemBytes = readUsed()
      const { stale, complete, joined } = optmemBytes === used ? first : search(optmemBytes)
      left -= clock.monotonic() - since
      return {
        report: {
          ...report,
          optmemBytes,
          method: optmemBytes === report.optmemBytes ? report.method : 'pidfd',
          joinedInterfaces: joined.length,
          staleInterfacesFound: stale.length,
          staleInterfaceIndexes: complete && stale.length <= MAX_STALE ? stale : null,
        },
        members: joined.length + stale.length,
        joined,
        refused: null,
      }
    }
  }
}

/**
 * Whether time remains until `end`. Reads the clock only every 32 calls, because the clock costs more than a question.
 */
function allowUntil(clock: Clock, end: number): () => boolean {
  let asked = 0
  let allowed = true
  return () => {
    if (asked % 32 === 0) allowed &&= clock.monotonic() < end
    asked += 1
    return allowed
  }
}

const UNMEASURED = {
  optmemBytes: null,
  method: null,
  unmeasuredReason: 'the option memory could not be read; see the run of optmem',
} as const
const NO_LINKS: readonly Link[] = []
/** The contract's bound. */
const MAX_STALE = 20_000
