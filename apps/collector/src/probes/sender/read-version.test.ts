import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NamespaceReport } from '@slashzero/contract/report'
import { expect, onTestFinished, test } from 'vitest'
import type { Kernel } from '../../io/kernel.ts'
import { files } from '../../io/read-files.ts'
import { fakeKernel } from '../../testing/fake-kernel.ts'
import type { FakeFile } from '../../testing/fake-kernel.ts'
import { createVersionReader } from './read-version.ts'

function reader(tree: Record<string, FakeFile>, calls: Partial<Kernel> = {}) {
  const add = createVersionReader(fakeKernel(tree, calls))
  return async (daemon: string, ...pids: number[]) => {
    const senders = pids.map((pid) => ({
      daemon,
      version: null,
      pid,
      startedAt: null,
      executableDeleted: false,
      sockets: [],
    }))
    const namespace: NamespaceReport = {
      id: 1,
      name: null,
      optmemMaxBytes: null,
      optmemMaxSource: null,
      joinedInterfaces: null,
      senders,
      taps: [],
    }
    return (await add([namespace])).flatMap((one) => one.senders.map(({ version }) => version))
  }
}

test.each([
  ['radvd', '\0none\x002.19\0Version: %s\0', '2.19'],
  ['radvd', '\x002.20.1\0Version: %s\0', '2.20.1'],
  ['radvd', '\x002.19\0and\x003.0\0', null],
  ['radvd', '\0no version\0', null],
  ['dnsmasq', '\0dnsmasq-2.90\0version.bind\0', '2.90'],
  ['bird', '\0BIRD version 2.0.12\n\0', '2.0.12'],
  ['zebra', '\x008.4\0', null],
])('%s: %j', async (daemon, executable, version) => {
  expect(await reader({ '/proc/9/exe': executable })(daemon, 9)).toEqual([version])
})

test('the executable of a process is read once', async () => {
  const read: string[] = []
  const readTextAsync = async (path: string) => {
    read.push(path)
    return path === '/proc/9/exe' ? '\x002.19\0' : '\0none\0'
  }
  const versions = reader({}, { readTextAsync })
  expect([await versions('radvd', 9, 8), await versions('radvd', 9, 8)]).toEqual([
    ['2.19', null],
    ['2.19', null],
  ])
  expect(read).toEqual(['/proc/9/exe', '/proc/8/exe'])
})

test("the version of another user's process is unknown until access is given", async () => {
  const tree: Record<string, FakeFile> = { '/proc/9/exe': { refused: 'EACCES' } }
  const versions = reader(tree)
  expect(await versions('radvd', 9)).toEqual([null])
  tree['/proc/9/exe'] = '\x002.19\0'
  expect(await versions('radvd', 9)).toEqual(['2.19'])
})

test('an executable on a hanging file system is waited for once', async () => {
  const asked: string[] = []
  const readTextAsync = (path: string): Promise<string> => {
    asked.push(path)
    return path === '/proc/9/exe' ? new Promise(() => undefined) : Promise.resolve('\x002.19\0')
  }
  const versions = reader({}, { readTextAsync })
  for (let pass = 0; pass < 5; pass += 1) expect(await versions('radvd', 9, 8)).toEqual([null, '2.19'])
  expect(asked).toEqual(['/proc/9/exe', '/proc/8/exe'])
})

test('an executable of a terabyte is not read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slashzero-version-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'radvd')
  writeFileSync(path, '\x002.19\0')
  const readTextAsync = () => files.readTextAsync(path)
  expect(await reader({}, { readTextAsync })('radvd', 9)).toEqual(['2.19'])
  truncateSync(path, 2 ** 40)
  expect(await reader({}, { readTextAsync })('radvd', 9)).toEqual([null])
})
