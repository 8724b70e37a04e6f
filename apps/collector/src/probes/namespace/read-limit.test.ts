import { expect, test } from 'vitest'
import { fakeKernel } from '../../testing/fake-kernel.ts'
import { readLimit } from './read-limit.ts'

const FILE = '/proc/sys/net/core/optmem_max'

test('reads the limit of the namespace', () => {
  expect(readLimit(fakeKernel({ [FILE]: '131072\n' }))).toEqual({
    optmemMaxBytes: 131072,
    optmemMaxSource: 'namespace',
  })
})

test('a namespace without the file has the limit of the machine', () => {
  expect(readLimit(fakeKernel({}, { searchOptmemMax: () => 20480 }))).toEqual({
    optmemMaxBytes: 20480,
    optmemMaxSource: 'init',
  })
})

test('an unreadable or broken file is an error, not a guess', () => {
  expect(() => readLimit(fakeKernel({ [FILE]: { refused: 'EACCES' } }, { searchOptmemMax: () => 20480 }))).toThrow(
    'permission denied',
  )
  expect(() => readLimit(fakeKernel({ [FILE]: '\n' }, { searchOptmemMax: () => 20480 }))).toThrow(
    'expected one unsigned number',
  )
})
