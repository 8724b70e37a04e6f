import { limitInstant } from '../tables/instant.ts'

/** Whole numbers up to 2^52 in groups of seven bits, small numbers of either sign first (LEB128 of a zigzag). */
export class ByteWriter {
  private buffer: Uint8Array
  private length = 0

  constructor(size: number) {
    this.buffer = new Uint8Array(size + 64)
  }

  number(whole: number) {
    let large = whole < 0 ? -2 * whole - 1 : 2 * whole
    while (large > 0x7fff_ffff) {
      this.buffer[this.length++] = (large % 0x80) | 0x80
      large = Math.floor(large / 0x80)
    }
    // Most numbers are small, and integer operations are faster.
    let small = large | 0
    while (small > 0x7f) {
      this.buffer[this.length++] = (small & 0x7f) | 0x80
      small >>= 7
    }
    this.buffer[this.length++] = small
  }

  /** A time: 0 is null; other numbers are the difference from `near`, moved by one unless below 0. */
  optional(value: number | null, near: number) {
    if (value === null) return this.number(0)
    const difference = Math.round(limitInstant(value)) - near
    this.number(difference < 0 ? difference : difference + 1)
  }

  fixed(value: number) {
    this.buffer[this.length++] = value & 0xff
    this.buffer[this.length++] = (value >>> 8) & 0xff
    this.buffer[this.length++] = (value >>> 16) & 0xff
    this.buffer[this.length++] = value >>> 24
  }

  /** Makes room for the next numbers: at most 8 bytes each. */
  reserve(bytes: number) {
    if (this.length + bytes <= this.buffer.length) return
    const larger = new Uint8Array(this.buffer.length * 2 + bytes)
    larger.set(this.buffer)
    this.buffer = larger
  }

  bytes(): Uint8Array {
    return this.buffer.subarray(0, this.length)
  }
}

export class ByteReader {
  private at = 0
  private readonly source: Uint8Array

  constructor(source: Uint8Array) {
    this.source = source
  }

  isAtEnd(): boolean {
    return this.at >= this.source.length
  }

  number(): number {
    let value = 0
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.byte()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value % 2 === 1 ? -(value + 1) / 2 : value / 2
    }
  }

  optional(near: number): number | null {
    const value = this.number()
    if (value === 0) return null
    return near + (value < 0 ? value : value - 1)
  }

  fixed(): number {
    let value = 0
    for (const shift of [0, 8, 16, 24]) value |= this.byte() << shift
    return value >>> 0
  }

  private byte(): number {
    const byte = this.source[this.at++]
    if (byte === undefined) throw new RangeError('The bytes end in the middle of a number.')
    return byte
  }
}
