import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openKernel } from './open-kernel.ts'

test('finds by trial the value in the file of the first namespace', () => {
  expect(openKernel().searchOptmemMax()).toBe(Number(readFileSync('/proc/sys/net/core/optmem_max', 'utf8')))
})
