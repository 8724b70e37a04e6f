import koffi from 'koffi'
import { closeDescriptor, openSocket, receive } from '../io/system-calls.ts'
import { encodeUnixAddress } from '../systemd/notify.ts'

/** The side of systemd: a unix datagram socket at `path`. `heard` returns the datagrams since the last call. */
export function listenAsManager(path: string): { heard: () => string[]; close: () => void } {
  const socket = openSocket(1, 2, 0)
  const address = encodeUnixAddress(path) ?? Buffer.alloc(0)
  if (koffi.load(null).func('int bind(int, const void *, uint32_t)')(socket, address, address.length) !== 0)
    throw new Error(`cannot listen on ${path}`)
  const buffer = Buffer.alloc(1000)
  const next = (): string[] => {
    try {
      return [buffer.toString('utf8', 0, receive(socket, buffer, 0x40)), ...next()]
    } catch {
      return []
    }
  }
  return { heard: next, close: () => closeDescriptor(socket) }
}
