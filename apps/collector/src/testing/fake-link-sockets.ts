import type { Arrival, LinkSockets } from '../io/link-sockets.ts'

/** Sockets on which a test announces events. `isOpen` lists the open sockets. */
export function fakeLinkSockets() {
  const isOpen = new Set<number>()
  const arrived = new Map<number, Arrival>()
  let next = 100
  let waiting = Promise.withResolvers<void>()
  let woken = false
  const sockets: LinkSockets = {
    open: () => {
      isOpen.add((next += 1))
      return next
    },
    close: (socket) => void isOpen.delete(socket),
    wait: async () => {
      if (arrived.size === 0 && !woken) await waiting.promise
      return [...arrived.keys()]
    },
    read: (socket) => {
      const arrival = arrived.get(socket) ?? { datagrams: [], lost: false }
      arrived.delete(socket)
      return arrival
    },
    wake: () => {
      woken = true
      waiting.resolve()
    },
    dispose: () => undefined,
  }
  const announce = (socket: number, arrival: Partial<Arrival>): void => {
    arrived.set(socket, { datagrams: [], lost: false, ...arrival })
    waiting.resolve()
    waiting = Promise.withResolvers()
  }
  return { sockets, isOpen, announce }
}
