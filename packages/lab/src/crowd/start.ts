import { fileURLToPath } from 'node:url'
import { converse } from '../cell/converse.ts'
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
  const ask = converse(cell, 'the VMs', process.execPath, [PROGRAM])
  return async (order) => JSON.parse(await ask(JSON.stringify(order)))
}

const PROGRAM = fileURLToPath(new URL('main.ts', import.meta.url))
