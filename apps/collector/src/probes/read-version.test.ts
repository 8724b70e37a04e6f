import { expect, test } from 'vitest'
import { fakeKernel } from '../lab/fake-kernel.ts'
import { createVersionReader } from './read-version.ts'

const read = (daemon: string, executable: string) => createVersionReader(fakeKernel({ '/proc/9/exe': executable }))(daemon, 9)

test.each([
  ['radvd', '\0none\x002.19\0Version: %s\0', '2.19'],
  ['radvd', '\x002.20.1\0Version: %s\0', '2.20.1'],
  ['radvd', '\x002.19\0and\x003.0\0', null],
  ['radvd', '\0no version\0', null],
  ['dnsmasq', '\0dnsmasq-2.90\0version.bind\0', '2.90'],
  ['bird', '\0BIRD version 2.0.12\n\0', '2.0.12'],
  ['zebra', '\x008.4\0', null],
])('%s: %j', (daemon, executable, version) => {
  expect(read(daemon, executable)).toBe(version)
})

test('an executable is read once for as long as it is the same file', () => {
  let reads = 0
  const base = fakeKernel({ '/proc/9/exe': '\x002.19\0', '/proc/8/exe': '\x002.20\0' })
  const reader = createVersionReader({
    ...base,
    readText: (path) => {
      reads += 1
      return base.readText(path)
    },
  })
  expect([reader('radvd', 9), reader('radvd', 9), reader('radvd', 8)]).toEqual(['2.19', '2.19', '2.20'])
  expect(reads).toBe(2)
})

test('a process of another user tells no version', () => {
  expect(createVersionReader(fakeKernel({ '/proc/9/exe': { refused: 'EACCES' } }))('radvd', 9)).toBeNull()
})
