import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listConfined, readConfined } from './read-confined.ts'

let root = ''
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'slashzero-root-'))
  mkdirSync(join(root, 'etc'))
  writeFileSync(join(root, 'etc/radvd.conf'), Buffer.from('caf\xe9', 'latin1'))
  symlinkSync('/etc/radvd.conf', join(root, 'link'))
  symlinkSync('/proc/self/exe', join(root, 'outside'))
  symlinkSync(root, join(root, 'root'))
})
afterAll(() => rmSync(root, { recursive: true }))

test('reads bytes, and only when the file has changed', async () => {
  const { identity, text } = await readConfined(root, '/etc/radvd.conf', null)
  expect(text).toBe('caf\xe9')
  expect(await readConfined(root, '/etc/radvd.conf', identity)).toEqual({ identity, text: null })
  utimesSync(join(root, 'etc/radvd.conf'), 1, 1)
  expect(await readConfined(root, '/etc/radvd.conf', identity)).toEqual({
    identity: { ...identity, modifiedMilliseconds: 1000 },
    text: 'caf\xe9',
  })
})

test('follows links only within the root', async () => {
  expect((await readConfined(root, '/link', null)).text).toBe('caf\xe9')
  expect((await readConfined(root, '/../../../../etc/radvd.conf', null)).text).toBe('caf\xe9')
  await expect(readConfined(root, '/outside', null)).rejects.toMatchObject({ code: 'ENOENT' })
  await expect(readConfined(root, '/root/etc/radvd.conf', null)).rejects.toMatchObject({ code: 'ENOENT' })
  await expect(readConfined('/proc/self/root', '/proc/self/exe', null)).rejects.toMatchObject({ code: 'ELOOP' })
})

test('refuses large files and non-files, and does not wait for a pipe', async () => {
  execFileSync('sh', ['-c', 'mkfifo pipe'], { cwd: root })
  writeFileSync(join(root, 'long'), Buffer.alloc(1024 * 1024 + 1))
  writeFileSync(join(root, 'longest'), Buffer.alloc(1024 * 1024, 'a'))
  await expect(readConfined(root, '/pipe', null)).rejects.toThrow('/pipe is not a regular file')
  await expect(readConfined(root, '/etc', null)).rejects.toThrow('/etc is not a regular file')
  await expect(readConfined(root, '/long', null)).rejects.toThrow('/long has more than 1048576 bytes')
  expect((await readConfined(root, '/longest', null)).text).toHaveLength(1024 * 1024)
})

test('lists the files and links of a folder, only within the root', async () => {
  expect(await listConfined(root, '/etc')).toEqual(['radvd.conf'])
  expect((await listConfined(root, '/')).toSorted((a, b) => a.localeCompare(b))).toEqual(
    expect.arrayContaining(['link', 'outside', 'root']),
  )
  await expect(listConfined(root, '/root/etc')).rejects.toMatchObject({ code: 'ENOENT' })
  await expect(listConfined(root, '/etc/radvd.conf')).rejects.toMatchObject({ code: 'ENOTDIR' })
  const descriptors = () => readdirSync('/proc/self/fd').length
  const before = descriptors()
  for (let turn = 0; turn < 20; turn += 1) await listConfined(root, '/etc')
  expect(descriptors()).toBe(before)
})

test('the error names the root of an ended process', async () => {
  await expect(readConfined('/proc/4194305/root', '/etc/radvd.conf', null)).rejects.toMatchObject({
    call: '/proc/4194305/root',
    code: 'ENOENT',
  })
})
