import { randomBytes, randomInt } from 'node:crypto'
import type { ProbeSocket, TcpProbeSocket } from '../../io/off-link-network.ts'
import { encodeEchoRequest, readEchoReply } from './echo-message.ts'
import { encodeSyn, readSynAnswer } from './tcp-segment.ts'

/** A way to ask for an answer. Each request has a new token, and only a receiver of the request knows the token. */
export type Way = {
  readonly socket: ProbeSocket
  readonly kinds: readonly { readonly name: string; readonly draw: () => { token: string; message: Uint8Array } }[]
  /** The token of the request that a message answers; null for any other message. */
  readonly readToken: (message: Uint8Array) => string | null
}

export function askByEcho(socket: ProbeSocket): Way {
  const identifier = randomInt(0x1_0000)
  const draw = () => {
    const token = randomBytes(16).toString('hex')
    return { token, message: encodeEchoRequest(identifier, token) }
  }
  return {
    socket,
    kinds: [{ name: 'echo requests', draw }],
    readToken: (message) => readEchoReply(message, identifier),
  }
}

/** A refused connection is an answer too. The kernel ends an accepted connection before any data passes. */
export function askByTcp(socket: TcpProbeSocket, ports: readonly number[]): Way {
  const drawn = new Set<number>()
  const draw = (port: number) => () => {
    let sequence = randomInt(2 ** 32)
    while (drawn.has(sequence)) sequence = randomInt(2 ** 32)
    drawn.add(sequence)
    return { token: `${port} ${sequence}`, message: encodeSyn(socket.port, port, sequence) }
  }
  return {
    socket,
    kinds: ports.map((port) => ({ name: `TCP port ${port}`, draw: draw(port) })),
    readToken: (message) => {
      const answered = readSynAnswer(message, socket.port)
      return answered === null ? null : `${answered.port} ${answered.sequence}`
    },
  }
}
