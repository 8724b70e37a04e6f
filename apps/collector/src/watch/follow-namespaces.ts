import { messageOf } from '@slashzero/contract/report'
import { isRefusal } from '../io/kernel.ts'
import type { Kernel } from '../io/kernel.ts'
import type { LinkSockets } from '../io/link-sockets.ts'
import { within } from '../probes/namespace/list-namespaces.ts'
import type { Namespace } from '../probes/namespace/list-namespaces.ts'

export type NamespaceFollower = {
  /**
   * Opens a socket in each of these namespaces without a socket, and closes the sockets of all other namespaces.
   * `opened`: the number of new sockets; `refused`: the reason for each socket that could not be opened.
   */
  readonly follow: (namespaces: readonly Namespace[]) => { opened: number; refused: string[] }
  /** Closes the sockets of namespaces whose entrance is gone. Out: the number of closed sockets. */
  readonly releaseEnded: () => number
  /** The namespace that a socket watches; undefined for a closed socket. */
  readonly namespaceOf: (socket: number) => number | undefined
  /** The socket in a namespace; undefined if the namespace is not followed. */
  readonly socketOf: (namespace: number) => number | undefined
  /** The path to enter a namespace by, null for the collector's own; undefined if the namespace is not followed. */
  readonly entranceOf: (namespace: number) => string | null | undefined
  /** The entrances of the followed namespaces among `namespaces`. */
  readonly entrances: (namespaces: Iterable<number>) => Map<number, string | null>
}

/**
 * Holds one socket in each namespace. A socket keeps its namespace alive, so the socket must close soon after the
 * namespace ends.
 */
export function createNamespaceFollower(
  kernel: Kernel,
  sockets: Pick<LinkSockets, 'open' | 'close'>,
): NamespaceFollower {
  const followed = new Map<number, { socket: number; entrance: string | null }>()
  const bySocket = new Map<number, number>()

  function open(namespace: Namespace): void {
    const { id, entrance } = namespace
    const socket = within(kernel, namespace, sockets.open)
    followed.set(id, { socket, entrance })
    bySocket.set(socket, id)
  }

  function close(id: number): void {
    const one = followed.get(id)
    if (one === undefined) return
    sockets.close(one.socket)
    bySocket.delete(one.socket)
    followed.delete(id)
  }

  return {
    follow(namespaces) {
      const wanted = new Map(namespaces.map((namespace) => [namespace.id, namespace]))
      for (const id of followed.keys()) if (!wanted.has(id)) close(id)
      let opened = 0
      const reasons: string[] = []
      for (const namespace of wanted.values()) {
        const known = followed.get(namespace.id)
        if (known !== undefined) {
          // The process of the old entrance may have ended before other processes of the namespace.
          known.entrance = namespace.entrance
          continue
        }
        try {
          open(namespace)
          opened += 1
        } catch (error) {
          // A namespace that ended after the listing is not a failure.
          if (isRefusal(error, 'ENOENT', 'ESRCH')) continue
          reasons.push(messageOf(error))
        }
      }
      return { opened, refused: reasons }
    },
    releaseEnded() {
      const ended = [...followed].filter(([id, { entrance }]) => entrance !== null && !leadsTo(kernel, entrance, id))
      for (const [id] of ended) close(id)
      return ended.length
    },
    namespaceOf: (socket) => bySocket.get(socket),
    socketOf: (namespace) => followed.get(namespace)?.socket,
    entranceOf: (namespace) => followed.get(namespace)?.entrance,
    entrances(namespaces) {
      const found = new Map<number, string | null>()
      for (const namespace of namespaces) {
        const one = followed.get(namespace)
        if (one !== undefined) found.set(namespace, one.entrance)
      }
      return found
    },
  }
}

function leadsTo(kernel: Kernel, entrance: string, namespace: number): boolean {
  try {
    return kernel.identify(entrance).inode === namespace
  } catch {
    return false
  }
}
