import {
  AF_NETLINK,
  NETLINK_ROUTE,
  RTMGRP_LINK,
  SOCK_NONBLOCK,
  SOCK_RAW,
  SOL_SOCKET,
  SO_RCVBUF,
} from '@slashzero/linux/uapi'
import { isRefusal } from './kernel.ts'
import * as system from './system-calls.ts'

/** The datagrams that arrived on a socket. `lost`: the kernel dropped announcements because they came too fast. */
export type Arrival = { datagrams: Uint8Array[]; lost: boolean }

/** Sockets on which the kernel announces that interfaces come, change and go (RTMGRP_LINK, rtnetlink(7)). */
export type LinkSockets = {
  /** Opens a socket in the network namespace that the caller is in. The namespace lives until the socket is closed. */
  readonly open: () => number
  readonly close: (socket: number) => void
  /** Waits until some sockets have datagrams to read. Out: these sockets; none after `wake`. */
  readonly wait: () => Promise<number[]>
  readonly read: (socket: number) => Arrival
  /** Ends every wait, now and later. */
  readonly wake: () => void
  /** Frees the poll. Call it after the last wait and the last close. */
  readonly dispose: () => void
}

/** Opens one poll for all sockets, because a blocking read would hold a thread of Node's pool for each namespace. */
export function openLinkSockets(): LinkSockets {
  const poll = system.openPoll()
  const flag = system.openFlag()
  system.joinPoll(poll, flag)
  return {
    open: () => {
      const socket = system.openSocket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK, NETLINK_ROUTE)
      try {
        system.setSocketOption(socket, SOL_SOCKET, SO_RCVBUF, new Uint8Array(new Uint32Array([RECEIVE_BYTES]).buffer))
        system.bindNetlink(socket, RTMGRP_LINK)
        system.joinPoll(poll, socket)
        return socket
      } catch (error) {
        system.closeDescriptor(socket)
        throw error
      }
    },
    close: system.closeDescriptor,
    wait: async () => (await system.waitForReadable(poll)).filter((descriptor) => descriptor !== flag),
    read,
    wake: () => system.raiseFlag(flag),
    dispose: () => {
      system.closeDescriptor(poll)
      system.closeDescriptor(flag)
    },
  }
}

function read(socket: number): Arrival {
  const arrival: Arrival = { datagrams: [], lost: false }
  // If datagrams come as fast as they are read, the rest waits for the next call.
  while (arrival.datagrams.length < MAX_READ) {
    try {
      arrival.datagrams.push(buffer.slice(0, system.receive(socket, buffer)))
    } catch (error) {
      if (isRefusal(error, 'EAGAIN')) break
      if (!isRefusal(error, 'ENOBUFS')) throw error
      arrival.lost = true
    }
  }
  return arrival
}

const buffer = new Uint8Array(64 * 1024)
const MAX_READ = 1000

/** The kernel grants at most net.core.rmem_max. A tap that comes up takes about 10 kB. */
const RECEIVE_BYTES = 1024 * 1024
