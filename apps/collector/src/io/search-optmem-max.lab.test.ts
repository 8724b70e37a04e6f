import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openKernel } from './open-kernel.ts'

test('finds by trying what the file of the first namespace says', () => {
  expect(openKernel().searchOptmemMax()).toBe(Number(readFileSync('/proc/sys/net/core/optmem_max', 'utf8')))
})
