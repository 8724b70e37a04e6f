import { spawn } from 'node:child_process'
import { createReadStream, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { ORDER_PORT, type Order, type Answer } from './order.ts'

// Runs inside a Linux guest. Each line from the port is an order to run a program. The kernel allows one open of a
// port. The process ends when no process on the hypervisor holds the other end.
const port = openSync(findPort(ORDER_PORT), 'r+')
// The driver takes at most 32 KiB per write (drivers/char/virtio_console.c), so this loop writes until all is written.
const answer = (one: Answer) => writeFileSync(port, `${JSON.stringify(one)}\n`)
answer({ id: 0, status: 0 })
for await (const line of createInterface({ input: createReadStream('', { fd: port }) })) obey(JSON.parse(line))
process.exit()

function obey({ id, command, args, input }: Order): void {
  const child = spawn(command, args, { stdio: 'pipe' })
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => answer({ id, stream, text }))
  }
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  child.on('error', ({ message: text }) => answer({ id, stream: 'stderr', text }))
  child.on('close', (status, signal) => {
    if (signal !== null) answer({ id, stream: 'stderr', text: `killed by ${signal}` })
    answer({ id, status: status ?? 1 })
  })
}

/** QEMU's command line gives the order of the ports; udev, which would name them, does not run here. */
function findPort(name: string): string {
  const ports = '/sys/class/virtio-ports'
  const found = readdirSync(ports).find((entry) => readFileSync(`${ports}/${entry}/name`, 'utf8').trim() === name)
  if (found === undefined) throw new Error(`The machine has no port ${name}.`)
  return `/dev/${found}`
}
