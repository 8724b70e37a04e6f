import { NetlinkError, parseDiagnosedSocket, parseRaw6 } from '@slashzero/linux'
import type { Link, RawSocket } from '@slashzero/linux'
import { IPPROTO_ICMPV6 } from '@slashzero/linux/uapi'
import { messageOf } from '@slashzero/contract/report'
import { isRefusal } from '../../io/kernel.ts'
import type { Kernel } from '../../io/kernel.ts'
import type { RunRecorder } from '../record-runs.ts'
import { OWN_TABLES, within } from './list-namespaces.ts'
import type { Namespace } from './list-namespaces.ts'
import { readLimit, UNKNOWN_LIMIT } from './read-limit.ts'
import type { Limit } from './read-limit.ts'
import { keepByNamespace } from './keep-by-namespace.ts'
import { createTapKeeper } from './keep-taps.ts'
import { countJoined, createAllRoutersReader } from './read-all-routers.ts'
import { createCounterReader } from './read-counters.ts'
import { createLinkLocalsReader } from './read-link-locals.ts'
import { createLinkReader } from './read-links.ts'
import { isTap, readTaps } from './read-taps.ts'
import type { Tap } from './read-taps.ts'

export type Survey = {
  namespace: Namespace
  /** Inodes of the raw ICMPv6 sockets. */
  rawSockets: number[]
  /** Rows of `/proc/net/raw6` for these sockets, by inode. */
  rawRows: ReadonlyMap<number, RawSocket>
  /** Null if the links could not be read. */
  links: Link[] | null
  taps: Tap[]
  /** Listeners whose macvtaps and veths are not taps, because no daemon has joined there. */
  unjoined: ReadonlySet<string>
  /** Enters the namespace and reads the taps again, including the taps on these listeners. */
  readNamed: (listeners: ReadonlySet<string>) => Tap[]
  /** The number of interfaces that a daemon has joined ff02::2 on; null if unknown. */
  joinedInterfaces: number | null
  limit: Limit
  /** Option memory by inode, from sock_diag, or the reason why it is missing. */
  diagnosed: Map<number, number> | { unavailable: string }
}

/** Looks at a namespace once. A pass reads more of a namespace that has sockets or taps. */
export function createSurveyor(kernel: Kernel): (namespace: Namespace, runs: RunRecorder) => Survey {
  const beginCounters = createCounterReader(kernel)
  const readersOf = keepByNamespace(() => ({
    readLinks: createLinkReader(kernel),
    readUsers: createAllRoutersReader(kernel),
    readLocals: createLinkLocalsReader(kernel),
    keepTaps: createTapKeeper(),
  }))
  let diagMissing: string | null = null
  const diagnose = (): Survey['diagnosed'] => {
    if (diagMissing !== null) return { unavailable: diagMissing }
    try {
      const sockets = kernel.dumpRawSockets((message) => parseDiagnosedSocket(message))
      return new Map(sockets.map(({ inode, optmemBytes }) => [inode, optmemBytes]))
    } catch (error) {
      if (!(error instanceof NetlinkError && error.errno === ENOENT))
        return { unavailable: `sock_diag: ${messageOf(error)}` }
      // Do not ask again: the kernel would start modprobe each time.
      diagMissing = 'sock_diag: this kernel has no diagnosis of raw sockets (module raw_diag, CONFIG_INET_RAW_DIAG)'
      return { unavailable: diagMissing }
    }
  }
  return (namespace, runs) => {
    const place = namespace.name ?? `namespace ${namespace.id}`
    const diagnosed = { unavailable: NOT_ENTERED }
    const closed: Survey = {
      namespace,
      ...NO_SOCKETS,
      links: null,
      taps: [],
      unjoined: new Set(),
      readNamed: () => [],
      joinedInterfaces: null,
      limit: UNKNOWN_LIMIT,
      diagnosed,
    }
    const look = (): Survey => {
      const raw = runs.attempt('senders', () => listRawSockets(kernel, `${OWN_TABLES}/raw6`, runs), NO_SOCKETS, place)
      const { rawSockets } = raw
      const { readLinks, readUsers, readLocals, keepTaps } = readersOf(namespace.id, runs)
      const reading = runs.attempt('links', readLinks, null, place)
      const links = reading?.links ?? null
      const candidates = links?.filter((link) => isTap(link) || rawSockets.length > 0) ?? []
      const users = candidates.length === 0 ? null : readUsers(runs)
      // The sysctl is the slowest read, and most namespaces are empty.
      const isEmpty = candidates.length === 0 && rawSockets.length === 0 && namespace.entrance !== null
      const readCounters = beginCounters(namespace.id, reading?.markOf ?? (() => null), runs)
      const read = (named?: ReadonlySet<string>) => {
        const found = readTaps(candidates, links ?? NO_LINKS, users, readCounters, runs, {
          ...(named && { named }),
          readLocals: () => readLocals(runs),
        })
        return { ...found, taps: keepTaps(found.taps) }
      }
      return {
        namespace,
        ...raw,
        links,
        ...read(),
        readNamed: (listeners) => within(kernel, namespace, () => read(listeners).taps),
        joinedInterfaces: links === null ? null : countJoined(links, users),
        limit: isEmpty ? UNKNOWN_LIMIT : runs.attempt('limit', () => readLimit(kernel), UNKNOWN_LIMIT, place),
        diagnosed: rawSockets.length === 0 ? { unavailable: 'sock_diag: nothing to ask' } : diagnose(),
      }
    }
    if (namespace.entrance === null) return look()
    try {
      return kernel.inNamespace(namespace.entrance, namespace.id, look)
    } catch (error) {
      // A namespace that ended after the listing is not a failure.
      if (isRefusal(error, 'ENOENT', 'ESRCH')) return closed
      runs.failed(
        'namespaces',
        `cannot enter ${place}, so its taps and its limit are not known: needs CAP_SYS_ADMIN: ${messageOf(error)}`,
      )
    }
    const { tables } = namespace
    if (tables === null) return closed
    return {
      ...closed,
      ...runs.attempt('senders', () => listRawSockets(kernel, `${tables}/raw6`, runs), NO_SOCKETS, place),
    }
  }
}

const NOT_ENTERED = 'sock_diag: needs CAP_SYS_ADMIN to enter the network namespace'
const ENOENT = 2
const NO_LINKS: readonly Link[] = []

type RawSockets = Pick<Survey, 'rawSockets' | 'rawRows'>

const NO_SOCKETS: RawSockets = { rawSockets: [], rawRows: new Map() }

function listRawSockets(kernel: Kernel, file: string, runs: RunRecorder): RawSockets {
  try {
    const rows = parseRaw6(kernel.readText(file), file).filter((socket) => socket.protocol === IPPROTO_ICMPV6)
    return { rawSockets: rows.map((row) => row.inode), rawRows: new Map(rows.map((row) => [row.inode, row])) }
  } catch (error) {
    if (!isRefusal(error, 'ENOENT')) throw error
    runs.absent('senders', `no IPv6 in this kernel: ${error.message}`)
    return NO_SOCKETS
  }
}
