import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { createMemoryKeeper } from './keep-small.ts'

const MEBIBYTE = 1024 * 1024

test('collects when the heap has grown by 1.5 MiB since the last collection', () => {
  let used = 5 * MEBIBYTE
  let collections = 0
  const collect = () => {
    collections += 1
    used = 4 * MEBIBYTE
  }
  const keepSmall = createMemoryKeeper({ used: () => used, collect })
  keepSmall()
  used += 1.5 * MEBIBYTE - 1
  keepSmall()
  expect(collections).toBe(1)
  used += 1
  keepSmall()
  expect([collections, used]).toEqual([2, 4 * MEBIBYTE])
})

test('a process of the package gives memory back, and another process goes on', () => {
  const program = `import { createMemoryKeeper } from ${JSON.stringify(new URL('keep-small.ts', import.meta.url).href)}
const keepSmall = createMemoryKeeper()
keepSmall()
globalThis.grown = Array.from({ length: 300_000 }, (_, index) => ({ index }))
const before = process.memoryUsage().heapUsed
globalThis.grown = null
keepSmall()
process.stdout.write(String(before - process.memoryUsage().heapUsed > 5_000_000))`
  const run = (...flags: string[]) =>
    spawnSync(process.execPath, [...flags, '--input-type=module', '-e', program], { encoding: 'utf8' }).stdout
  expect([run('--expose-gc'), run()]).toEqual(['true', 'false'])
})
