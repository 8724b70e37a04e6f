import { readDump } from '@slashzero/linux'
import type { Dump } from '../io/kernel.ts'

/** A dump with these datagrams as its answer. */
export function answerDump(datagrams: readonly Uint8Array[]): Dump {
  return (parse) =>
    datagrams.flatMap((datagram) => readDump(datagram, 'a recorded dump').messages).map((message) => parse(message))
}
