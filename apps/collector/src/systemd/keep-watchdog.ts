import koffi from 'koffi'
import { AF_UNIX, MSG_DONTWAIT, MSG_NOSIGNAL, SOCK_DGRAM } from '@slashzero/linux/uapi'
import { closeDescriptor, openSocket } from '../io/system-calls.ts'

/**
 * Tells systemd twice in each watchdog interval that the event loop runs, if the unit asks (sd_watchdog_enabled(3)).
 * Never throws and never keeps the process running.
 */
export function keepWatchdog(
  variables: { readonly [name: string]: string | undefined },
  pid: number,
  repeat = repeatInBackground,
): void {
  const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: microseconds, WATCHDOG_PID: meant } = variables
  const interval = Number(microseconds) / 1000
  if (socket === undefined || !(interval > 0) || (meant !== undefined && Number(meant) !== pid)) return
  const address = encodeUnixAddress(socket)
  if (address === null) return
  const tell = () => notify(address, 'WATCHDOG=1')
  tell()
  repeat(tell, interval / 2)
}

function repeatInBackground(work: () => void, milliseconds: number): void {
  setInterval(work, milliseconds).unref()
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

/** A lost message does no harm, because each interval has two messages. */
function notify(address: Buffer, word: string): void {
  const bytes = Buffer.from(word)
  try {
    const socket = openSocket(AF_UNIX, SOCK_DGRAM, 0)
    sendto(socket, bytes, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL, address, address.length)
    closeDescriptor(socket)
  } catch {
    // The next interval tries again.
  }
}
