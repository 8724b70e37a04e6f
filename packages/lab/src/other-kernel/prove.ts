import { fileURLToPath } from 'node:url'
import type { Report } from '@slashzero/contract/report'
import type { LinuxMachine } from '../qemu/start.ts'
import type { Proof } from './proof.ts'

/** One reader's view of the full socket. Counts and bytes are null if the reader does not know them. */
export type Row = {
  readonly reader: string
  readonly method: string | null
  readonly optmemBytes: number | null
  readonly limitBytes: number | null
  /** The namespace that owns the limit. */
  readonly limitSource: string | null
  readonly memberships: number | null
  readonly stale: number | null
}

/**
 * Fills a radvd's socket in its own machine, with the limit `limitBytes`, and reads it in every way: by the lab, and by
 * the collector inside, from the first namespace, and without sock_diag. `say` receives a sentence about each step.
 */
export async function prove(
  machine: LinuxMachine,
  limitBytes: number,
  say: (sentence: string) => void,
): Promise<Proof> {
  const onMessage = (text: string) => say(text.trimEnd())
  return JSON.parse(await machine.run(process.execPath, [PROGRAM, String(limitBytes)], { onMessage }))
}

/** The proof as one row per reader, the lab first. */
export function tabulate({ reading, inside, outside, withoutSockDiag }: Proof): Row[] {
  const own: Row = {
    reader: 'the lab itself',
    method: 'pidfd',
    optmemBytes: reading.optmemBytes,
    limitBytes: reading.optmemMaxBytes,
    limitSource: null,
    memberships: reading.memberships.length,
    stale: reading.staleInterfaceIndexes.length,
  }
  return [
    own,
    rowOf('the collector in its namespace', inside, reading.inode),
    rowOf('the collector in the first one', outside, reading.inode),
    rowOf('the collector without sock_diag', withoutSockDiag, reading.inode),
  ]
}

function rowOf(reader: string, { namespaces, membershipBytes }: Report, inode: number): Row {
  for (const namespace of namespaces) {
    const socket = namespace.senders.flatMap(({ sockets }) => sockets).find((one) => one.inode === inode)
    if (socket === undefined) continue
    const { optmemBytes, method, staleInterfaceIndexes } = socket
    return {
      reader,
      method,
      optmemBytes,
      limitBytes: namespace.optmemMaxBytes,
      limitSource: namespace.optmemMaxSource,
      memberships: optmemBytes === null || membershipBytes === null ? null : optmemBytes / membershipBytes,
      stale: staleInterfaceIndexes?.length ?? null,
    }
  }
  throw new Error(`${reader}: the report does not have the socket ${inode}.`)
}

const PROGRAM = fileURLToPath(new URL('main.ts', import.meta.url))
