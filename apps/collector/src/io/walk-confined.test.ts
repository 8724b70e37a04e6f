import {
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { walkConfined } from './walk-confined.ts'

let folder = ''
let root = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slashzero-walk-'))
  root = join(folder, 'root')
  mkdirSync(join(root, 'etc/radvd.d'), { recursive: true })
  writeFileSync(join(folder, 'secret'), 'out of the root')
  writeFileSync(join(root, 'etc/radvd.conf'), 'within')
  writeFileSync(Buffer.from(join(root, 'etc/caf\xe9'), 'latin1'), 'latin1')
  symlinkSync('/etc/radvd.conf', join(root, 'absolute'))
  symlinkSync('../radvd.conf', join(root, 'etc/radvd.d/relative'))
  symlinkSync('etc/radvd.d', join(root, 'folder'))
  symlinkSync('../../../../secret', join(root, 'etc/above'))
  symlinkSync(join(folder, 'secret'), join(root, 'outside'))
  symlinkSync('loop', join(root, 'loop'))
})
afterAll(() => rmSync(folder, { recursive: true }))

async function read(path: string): Promise<string> {
  const descriptor = await walkConfined(root, path, constants.O_RDONLY)
  try {
    return readFileSync(descriptor, 'utf8')
  } finally {
    closeSync(descriptor)
  }
}

test.each([
  '/etc/radvd.conf',
  'etc//./radvd.conf',
  '/absolute',
  '/folder/relative',
  '/folder/../radvd.conf',
  '/../../etc/radvd.conf',
])('%s is within', async (path) => {
  expect(await read(path)).toBe('within')
})

test('a name is bytes', async () => {
  expect(await read('/etc/caf\xe9')).toBe('latin1')
})

test.each([
  { path: '/outside', code: 'ENOENT' },
  { path: '/etc/above', code: 'ENOENT' },
  { path: '/../secret', code: 'ENOENT' },
  { path: '/loop', code: 'ELOOP' },
  { path: '/etc/radvd.conf/x', code: 'ENOTDIR' },
  { path: '/nowhere/x', code: 'ENOENT' },
])('$path is refused with $code, and no descriptor stays open', async ({ path, code }) => {
  const before = readdirSync('/proc/self/fd').length
  await expect(read(path)).rejects.toMatchObject({ call: path, code })
  expect(readdirSync('/proc/self/fd')).toHaveLength(before)
})

test('the error names a root that is gone', async () => {
  await expect(walkConfined('/proc/4194305/root', '/etc/radvd.conf', 0)).rejects.toMatchObject({
    call: '/proc/4194305/root',
    code: 'ENOENT',
  })
})
