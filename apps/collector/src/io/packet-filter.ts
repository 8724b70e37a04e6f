import { SOL_SOCKET, SO_ATTACH_FILTER } from '@slashzero/linux/uapi'
import * as system from './system-calls.ts'

/**
 * One test of a filter: loads a value from the packet or about the packet, and rejects the packet if it does not equal
 * `equals`.
 */
export type Test = { code: number; k: number; equals: number }

export const LOAD_HALF = 0x28
export const LOAD_BYTE = 0x30
/** SKF_AD_OFF (include/uapi/linux/filter.h): offsets from here on load facts about the packet, not its bytes. */
export const ABOUT = 0xffff_f000

/** The size of a filter with this number of tests, in bytes of memory that does not move. */
export function sizeOfFilter(tests: number): number {
  return (tests * 2 + 2) * INSTRUCTION
}

/**
 * Attaches a filter to a socket: the socket hears the first `bytes` of packets that pass every test. `place` is free
 * afterwards.
 */
export function attachFilter(
  socket: number,
  place: ReturnType<typeof system.allocate>,
  tests: readonly Test[],
  bytes: number,
): void {
  const questions = tests.flatMap(({ code, k, equals }) => [
    { code, k },
    { code: JUMP_IF_EQUAL, k: equals },
  ])
  const instructions = [...questions, { code: RETURN, k: bytes }, { code: RETURN, k: 0 }]
  const data = new DataView(place.bytes.buffer)
  for (const [index, { code, k }] of instructions.entries()) {
    data.setUint16(index * INSTRUCTION, code, true)
    // A failed test jumps to the end.
    data.setUint16(index * INSTRUCTION + 2, code === JUMP_IF_EQUAL ? (instructions.length - 2 - index) << 8 : 0, true)
    data.setUint32(index * INSTRUCTION + 4, k, true)
  }
  // struct sock_fprog
  const program = new DataView(new ArrayBuffer(16))
  program.setUint16(0, instructions.length, true)
  program.setBigUint64(8, place.address, true)
  system.setSocketOption(socket, SOL_SOCKET, SO_ATTACH_FILTER, new Uint8Array(program.buffer))
}

const JUMP_IF_EQUAL = 0x15
const RETURN = 0x06
const INSTRUCTION = 8
