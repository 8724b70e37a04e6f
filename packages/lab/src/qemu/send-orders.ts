import { once } from 'node:events'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import type { Answer, Order } from './order.ts'

type RunOptions = {
  readonly input?: string
  /** Receives the program's standard error as it comes; the error of a failed program then does not repeat it. */
  readonly onMessage?: (text: string) => void
}

export type Orders = {
  /** Runs a program in the guest to its end; returns its standard output, or throws its standard error if it fails. */
  run(command: string, args: readonly string[], options?: RunOptions): Promise<string>
  /** Resolves when the guest takes orders. */
  readonly ready: Promise<void>
  close(): void
}

/** Connects to a guest's port for {@link Order}s; rejects pending orders when the guest ends. */
export async function sendOrders(path: string): Promise<Orders> {
  const socket = connect(path)
  await once(socket, 'connect')
  const waiting = new Map<number, { take: (answer: Answer) => void; fail: (error: Error) => void }>()
  let last = 0

  const perform = (id: number, what: string, onMessage?: (text: string) => void) =>
    new Promise<string>((resolve, reject) => {
      const written = { stdout: '', stderr: '' }
      waiting.set(id, {
        fail: reject,
        take(answer) {
          if ('stream' in answer) {
            if (answer.stream === 'stderr' && onMessage) onMessage(answer.text)
            else written[answer.stream] += answer.text
            return
          }
          waiting.delete(id)
          if (answer.status === 0) resolve(written.stdout)
          else reject(new Error(`${what}: ${written.stderr.trim() || `exit status ${answer.status}`}`))
        },
      })
    })
  const ready = perform(0, 'The guest').then(() => {})
  ready.catch(() => {})

  createInterface({ input: socket }).on('line', (line) => {
    const answer: Answer = JSON.parse(line)
    waiting.get(answer.id)?.take(answer)
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    for (const { fail } of waiting.values()) fail(new Error('The guest has ended.'))
    waiting.clear()
  })

  return {
    ready,
    run(command, args, { input, onMessage } = {}) {
      if (socket.closed) return Promise.reject(new Error('The guest has ended.'))
      const order: Order = { id: (last += 1), command, args, ...(input === undefined ? {} : { input }) }
      socket.write(`${JSON.stringify(order)}\n`)
      return perform(order.id, `${command} ${args.join(' ')}`, onMessage)
    },
    close: () => void socket.destroy(),
  }
}
