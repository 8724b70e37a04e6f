import koffi from 'koffi'
import { AF_UNIX, MSG_DONTWAIT, MSG_NOSIGNAL, SOCK_DGRAM } from '@slashzero/linux/uapi'
import { closeDescriptor, openSocket } from '../io/system-calls.ts'

/** Sends words to systemd (sd_notify(3)), such as `READY=1`. Never throws and never waits. */
export type Notify = (...words: readonly string[]) => void

/** `socket`: NOTIFY_SOCKET of the environment. If it is missing or wrong, there is nobody to tell. */
export function openNotify(socket: string | undefined): Notify {
  const address = socket === undefined ? null : encodeUnixAddress(socket)
  return address === null ? () => undefined : (...words) => send(address, Buffer.from(words.join('\n')))
}

/** `struct sockaddr_un` (unix(7)); `@` begins an abstract name. Null for an invalid address. */
export function encodeUnixAddress(path: string): Buffer | null {
  if (!/^[/@]./.test(path) || Buffer.byteLength(path) > UNIX_PATH_BYTES - 1) return null
  const name = path.startsWith('@') ? `\0${path.slice(1)}` : `${path}\0`
  return Buffer.concat([Buffer.from([AF_UNIX, 0]), Buffer.from(name)])
}

// Node has no unix datagram sockets.
const sendto = koffi.load(null).func('long sendto(int, const void *, size_t, int, const void *, uint32_t)')
const UNIX_PATH_BYTES = 108

function send(address: Buffer, bytes: Buffer): void {
  try {
    const socket = openSocket(AF_UNIX, SOCK_DGRAM, 0)
    try {
      sendto(socket, bytes, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL, address, address.length)
    } finally {
      closeDescriptor(socket)
    }
  } catch {
    // The collector works without systemd, too.
  }
}
