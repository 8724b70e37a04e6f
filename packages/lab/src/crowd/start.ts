import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { collect } from '../cell/collect.ts'
import type { Cell } from '../cell/start.ts'

export type CrowdOrder = {
  /** Names of VMs, ended first. */
  readonly stop: readonly string[]
  /** `pid` is the number that the process gets if the number is free; null for any number. */
  readonly start: readonly {
    readonly name: string
    readonly uuid: string
    readonly tap: string
    readonly pid: number | null
  }[]
}

/** `pid` inside the hypervisor. */
export type CrowdAnswer = {
  readonly started: readonly { readonly name: string; readonly ifindex: number; readonly pid: number }[]
}

/** Starts a process inside a hypervisor that starts and ends VMs on order. It ends with its cell. */
export function startCrowd(cell: Cell): (order: CrowdOrder) => Promise<CrowdAnswer> {
  const child = cell.spawn(process.execPath, [PROGRAM], { stdio: ['pipe', 'pipe', 'pipe'] })
  const failure = Promise.all([collect(child.stderr), once(child, 'exit')]).then(([complaint]) => {
    throw new Error(`The process that holds the VMs ended: ${complaint.trim()}`)
  })
  failure.catch(() => {})
  if (!child.stdout) throw new Error('The process that holds the VMs has no output.')
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return async (order) => {
    child.stdin?.write(`${JSON.stringify(order)}\n`)
    const answer = await Promise.race([answers.next(), failure])
    if (answer.done) return failure
    return JSON.parse(answer.value)
  }
}

const PROGRAM = fileURLToPath(new URL('main.ts', import.meta.url))
