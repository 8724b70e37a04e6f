import { parseSocketMemory } from '../socket/parse-socket-memory.ts'
import { ShapeError } from '../text/shape-error.ts'
import { DUMP_REQUEST, encodeRequest, findAttribute } from './read-messages.ts'
import type { NetlinkMessage } from './read-messages.ts'
import { AF_INET6, INET_DIAG_SKMEMINFO, IPPROTO_ICMPV6, IPPROTO_RAW, SOCK_DIAG_BY_FAMILY } from '../uapi.ts'
import { view } from '../text/view.ts'

/** The answer of sock_diag about one raw ICMPv6 socket. */
export type DiagnosedSocket = { inode: number; optmemBytes: number }

/**
 * A request for all raw ICMPv6 sockets with their memory (linux/inet_diag.h, inet_diag_req_v2). It names IPPROTO_RAW
 * and puts 58 into the pad byte (inet_diag_req_raw), because for 58 as protocol the kernel says ENOENT.
 */
export function encodeRawIcmpv6Request(sequence: number): Uint8Array {
  const payload = new Uint8Array(56)
  payload.set([AF_INET6, IPPROTO_RAW, 1 << (INET_DIAG_SKMEMINFO - 1), IPPROTO_ICMPV6, 0xff, 0xff, 0xff, 0xff])
  return encodeRequest(SOCK_DIAG_BY_FAMILY, DUMP_REQUEST, sequence, payload)
}

/** Parses one message of the answer (struct inet_diag_msg and its attributes). Throws ShapeError. */
export function parseDiagnosedSocket(message: NetlinkMessage, source = 'sock_diag'): DiagnosedSocket {
  const { payload } = message
  if (message.type !== SOCK_DIAG_BY_FAMILY || payload.length < INET_DIAG_MSG) {
    throw new ShapeError(source, 0, 'an inet_diag_msg', `a message of type ${message.type} and ${payload.length} bytes`)
  }
  const memory = findAttribute(payload, INET_DIAG_MSG, INET_DIAG_SKMEMINFO, source)
  if (memory === undefined) throw new ShapeError(source, INET_DIAG_MSG, 'the attribute INET_DIAG_SKMEMINFO', 'none')
  return { inode: view(payload).getUint32(68, true), ...parseSocketMemory(memory, source) }
}

const INET_DIAG_MSG = 72
