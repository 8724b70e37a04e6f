import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { stoppedClock } from './fake-clock.ts'
import type { Kernel } from '../io/kernel.ts'
import { openKernel } from '../io/open-kernel.ts'
import { createPass } from '../pass/create-pass.ts'
import { recordKernel } from './record-kernel.ts'
import { replayKernel } from './replay-kernel.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slashzero-record-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function pass(kernel: Kernel) {
  const host = { id: 'recorded', bootId: '', name: '', kernel: '', collectorVersion: '', labels: {} }
  const once = createPass({
    kernel,
    host,
    clock: stoppedClock(),
    searchMilliseconds: 1000,
    routeCheckers: [],
  })
  return once()
}

test('a recording of this machine gives the same report', async () => {
  const { kernel, finish } = recordKernel(openKernel(), folder)
  const { runs: _, ...recorded } = await pass(kernel)
  finish()
  const { runs: __, ...replayed } = await pass(replayKernel(folder))
  // Executables are not recorded, so the replay has no versions.
  const withoutVersions = (report: typeof recorded) =>
    JSON.parse(JSON.stringify(report), (key, value) => (key === 'version' ? null : value))
  expect(withoutVersions(replayed)).toEqual(withoutVersions(recorded))
})
