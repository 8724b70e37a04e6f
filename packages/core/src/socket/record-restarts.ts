import type { SocketState, Transition } from '../state.ts'
import { figure } from '../wording/figures.ts'

/**
 * Sockets that came and went, as transitions. A socket that replaces another of the same daemon and namespace is a
 * restart. Across a reboot, namespaces are matched by name, because their ids are new.
 */
export function recordRestarts(
  previous: readonly SocketState[],
  next: readonly SocketState[],
  at: number,
  rebooted: boolean,
): Transition[] {
  const kept = new Set(rebooted ? [] : next.map((socket) => socket.key))
  const known = new Set(rebooted ? [] : previous.map((socket) => socket.key))
  const gone = previous.filter((socket) => !kept.has(socket.key))
  const place = (socket: SocketState) => `${rebooted ? socket.namespaceName : socket.namespaceId} ${socket.daemon}`
  const waiting = Map.groupBy(gone, place)
  const replaced = new Set<SocketState>()
  const came = next
    .filter((socket) => !known.has(socket.key))
    .map((socket): Transition => {
      const old = waiting.get(place(socket))?.shift()
      if (old) replaced.add(old)
      return {
        at,
        subject: 'socket',
        key: socket.key,
        from: old?.key ?? null,
        to: socket.key,
        reason: old ? restarted(old, socket, rebooted) : `${socket.daemon}, pid ${socket.pid}, opened the socket`,
      }
    })
  const left = gone
    .filter((socket) => !replaced.has(socket))
    .map((socket): Transition => ({
      at,
      subject: 'socket',
      key: socket.key,
      from: socket.key,
      to: null,
      reason: rebooted ? 'The hypervisor rebooted' : `${socket.daemon}, pid ${socket.pid}, closed the socket or ended`,
    }))
  return [...left, ...came]
}

function restarted(old: SocketState, socket: SocketState, rebooted: boolean): string {
  const process = old.pid === socket.pid ? `pid ${socket.pid}` : `pid ${old.pid}, now ${socket.pid}`
  const usage = `option memory ${usageOf(old)}, now ${usageOf(socket)}`
  return `${rebooted ? 'The hypervisor rebooted' : `${socket.daemon} restarted`}: ${process}; ${usage}`
}

function usageOf({ optmemBytes }: SocketState): string {
  return optmemBytes === null ? 'not measured' : `${figure(optmemBytes)} bytes`
}
