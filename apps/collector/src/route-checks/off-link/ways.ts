import { randomBytes, randomInt } from 'node:crypto'
import type { ProbeSocket, TcpProbeSocket } from '../../io/off-link-network.ts'
import { encodeEchoRequest, readEchoReply } from './echo-message.ts'
import { encodeSyn, readSynAnswer } from './tcp-segment.ts'

/** A way to ask for an answer. A token is new for each request, and nobody can guess it who was not sent it. */
export type Way = {
  readonly socket: ProbeSocket
  readonly kinds: readonly { readonly name: string; readonly draw: () => { token: string; message: Uint8Array } }[]
  /** The token of the request that a message answers; null where it answers none. */
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

/** To refuse a connection is an answer too, and the kernel ends what was accepted before anything is said on it. */
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
