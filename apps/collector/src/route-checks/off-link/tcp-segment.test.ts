import { expect, test } from 'vitest'
import { encodeSyn, readSynAnswer } from './tcp-segment.ts'

const SEQUENCE = 0xffff_ffff

function answer(flags: number, more: { to?: number; acknowledged?: number; length?: number } = {}): Uint8Array {
  const segment = encodeSyn(22, more.to ?? 61_000, 7)
  const data = new DataView(segment.buffer)
  data.setUint32(8, more.acknowledged ?? 0)
  data.setUint16(12, (5 << 12) | flags)
  return segment.subarray(0, more.length ?? 20)
}

test('a SYN is a five-word header with its ports and sequence number', () => {
  expect(Buffer.from(encodeSyn(61_000, 22, 0x0102_0304)).toString('hex')).toBe(
    'ee48001601020304000000005002040000000000',
  )
})

test.each([
  ['SYN and ACK', 0x12],
  ['RST and ACK', 0x14],
])('%s answers the SYN, also if the sequence number wraps', (_, flags) => {
  expect(readSynAnswer(answer(flags), 61_000)).toEqual({ port: 22, sequence: SEQUENCE })
})

test.each([
  ['RST without ACK, which anybody can send', answer(0x04)],
  ['ACK alone', answer(0x10)],
  ['SYN alone', answer(0x02)],
  ['a segment to another port', answer(0x12, { to: 61_001 })],
  ['a segment that is cut off', answer(0x12, { length: 19 })],
  ['nothing', new Uint8Array()],
])('%s does not answer the SYN', (_, segment) => {
  expect(readSynAnswer(segment, 61_000)).toBeNull()
})
