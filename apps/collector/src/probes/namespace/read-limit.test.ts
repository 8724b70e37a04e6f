import { expect, test } from 'vitest'
import { fakeKernel } from '../../testing/fake-kernel.ts'
import { readLimit } from './read-limit.ts'

const FILE = '/proc/sys/net/core/optmem_max'

test('the namespace says its own', () => {
  expect(readLimit(fakeKernel({ [FILE]: '131072\n' }))).toEqual({
    optmemMaxBytes: 131072,
    optmemMaxSource: 'namespace',
  })
})

test("a namespace without the file has the machine's", () => {
  expect(readLimit(fakeKernel({}, { searchOptmemMax: () => 20480 }))).toEqual({
    optmemMaxBytes: 20480,
    optmemMaxSource: 'init',
  })
})

test('a file that may not be read, or is garbage, is no reason to guess', () => {
  expect(() => readLimit(fakeKernel({ [FILE]: { refused: 'EACCES' } }, { searchOptmemMax: () => 20480 }))).toThrow(
    'permission denied',
  )
  expect(() => readLimit(fakeKernel({ [FILE]: '\n' }, { searchOptmemMax: () => 20480 }))).toThrow(
    'expected one unsigned number',
  )
})
