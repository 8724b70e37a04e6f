import type { SocketState, Transition } from '../state.ts'
import { figure } from '../wording/figures.ts'

/**
 * Sockets that went and came, as transitions. A socket that took the place of another of the same daemon in the same namespace is
 * a restart: its memberships start from nothing. Across a reboot namespaces are matched by name, as their ids are new.
 * Every transition with a `to` marks where a sender began with a new socket, the very first report of a hypervisor excepted.
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
  const replaced = new Set<SocketState>()
  const came = next
    .filter((socket) => !known.has(socket.key))
    .map((socket): Transition => {
      const old = gone.find((candidate) => place(candidate) === place(socket) && !replaced.has(candidate))
      if (old) replaced.add(old)
      return {
        at,
        subject: 'socket',
        key: socket.key,
        from: old?.key ?? null,
        to: socket.key,
        reason: old ? restarted(old, socket, rebooted) : `${socket.daemon}, pid ${socket.pid}, opened it`,
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
      reason: rebooted ? 'The hypervisor rebooted' : `${socket.daemon}, pid ${socket.pid}, closed it or ended`,
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
