import { once } from 'node:events'
import { connect } from 'node:net'

export type Reply = { readonly status: number; readonly body: string }

/** A kept HTTP/1.1 connection for one request after another. */
export type Connection = {
  /** In: the request line and the headers without Content-Length, each with its line end. */
  readonly post: (head: string, body: Buffer) => Promise<Reply>
  readonly close: () => void
}

/** A server may close an idle connection after five seconds. */
const MAX_IDLE = 2000

/**
 * Makes a connection that is opened when needed and opened again after an idle time. A request whose connection ended
 * is sent once more, as a collector does; sending a report twice changes nothing.
 */
export function keepConnection(url: URL): Connection {
  let open: Promise<Connection> | null = null
  let usedAt = 0
  const close = () => {
    void open?.then((connection) => connection.close())
    open = null
  }
  return {
    close,
    async post(head, body) {
      if (performance.now() - usedAt > MAX_IDLE) close()
      const attempt = async () => (await (open ??= openConnection(url))).post(head, body)
      const reply = await attempt().catch(() => {
        open = null
        return attempt()
      })
      usedAt = performance.now()
      return reply
    },
  }
}

type Waiting = { readonly resolve: (reply: Reply) => void; readonly reject: (error: Error) => void }

/**
 * Opens a connection that costs far less than `node:http`, because the sender shares its cores with the measured
 * program. Reads only answers that state their length.
 */
export async function openConnection(url: URL): Promise<Connection> {
  const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true })
  await once(socket, 'connect')
  let waiting: Waiting | null = null
  let received: Buffer = Buffer.alloc(0)
  const fail = (error: Error) => {
    waiting?.reject(error)
    waiting = null
  }
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
    const answer = readAnswer(received)
    if (answer === null) return
    received = received.subarray(answer.length)
    waiting?.resolve(answer.reply)
    waiting = null
  })
  socket.on('error', fail)
  socket.on('close', () => fail(new Error(`${url.host} closed the connection without an answer.`)))
  return {
    post(head, body) {
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject }
        if (socket.destroyed) fail(new Error(`The connection to ${url.host} has ended.`))
        socket.cork()
        socket.write(`${head}content-length: ${body.length}\r\n\r\n`, 'latin1')
        socket.write(body)
        socket.uncork()
      })
    },
    close() {
      socket.destroy()
    },
  }
}

const END = '\r\n\r\n'
const WITHOUT_BODY = 204

/** The first answer in the bytes and its length with headers; null if the answer is not whole yet. */
export function readAnswer(bytes: Buffer): { readonly reply: Reply; readonly length: number } | null {
  const end = bytes.indexOf(END)
  if (end === -1) return null
  const head = bytes.toString('latin1', 0, end)
  const status = Number(head.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length))
  const stated = /^content-length: *(\d+)\r?$/im.exec(head)?.[1]
  if (stated === undefined && status !== WITHOUT_BODY)
    throw new Error(`An answer with status ${status} states no length, which this client cannot read.`)
  const start = end + END.length
  const length = start + Number(stated ?? 0)
  if (bytes.length < length) return null
  return { reply: { status, body: bytes.toString('utf8', start, length) }, length }
}
