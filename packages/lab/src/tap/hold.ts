import { fileURLToPath } from 'node:url'
import type { Cell } from '../cell/start.ts'
import { converse } from '../cell/converse.ts'

/** A process inside a hypervisor that holds taps as many QEMU processes would. */
export type TapHolder = {
  /** Holds exactly these taps: closes the others and creates missing taps, which are down. */
  hold(names: readonly string[]): Promise<void>
}

/** Starts the holder. It ends with its cell. */
export function startTapHolder(cell: Cell): TapHolder {
  const ask = converse(cell, 'the taps', process.execPath, [PROGRAM])
  return {
    async hold(names) {
      await ask(JSON.stringify(names))
    },
  }
}

export type BringUpOptions = {
  /** The link group for the taps. */
  group?: string
  /** Whether each tap gets an address in its own prefix, for a sender that advertises only such prefixes. */
  addressed?: boolean
}

/** Brings taps of a cell up. */
export async function bringUp(
  cell: Cell,
  names: readonly string[],
  { group = 'default', addressed = false }: BringUpOptions = {},
): Promise<void> {
  const raise = (name: string): string => `link set dev ${name} group ${group} up\n`
  const address = (name: string): string =>
    `address add fd12:0:0:${/\d*$/.exec(name)?.[0] || '0'}::1/64 dev ${name} nodad\n`
  await cell.run('ip', ['-batch', '-'], names.map((name) => (addressed ? address(name) : '') + raise(name)).join(''))
}

const PROGRAM = fileURLToPath(new URL('main.ts', import.meta.url))
