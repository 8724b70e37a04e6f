import { expect, test } from 'vitest'
import { parseSocketMemory } from './parse-socket-memory.ts'

const words = (...values: number[]) => new Uint8Array(new Uint32Array(values).buffer)

test('option memory is the seventh number', () => {
  expect(parseSocketMemory(words(0, 212992, 0, 212992, 0, 0, 20440, 0, 0))).toEqual({ optmemBytes: 20440 })
  expect(parseSocketMemory(words(1, 2, 3, 4, 5, 6, 4294967295))).toEqual({ optmemBytes: 4294967295 })
})

test('fewer numbers or part of a number are an error', () => {
  expect(() => parseSocketMemory(words(0, 0, 0, 0, 0, 0))).toThrow('SO_MEMINFO:0: expected at least seven numbers')
  expect(() => parseSocketMemory(new Uint8Array(35))).toThrow('found "35 bytes"')
})
