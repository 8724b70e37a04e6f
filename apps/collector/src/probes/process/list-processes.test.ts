import { expect, test } from 'vitest'
import { stoppedClock } from '../../testing/fake-clock.ts'
import { fakeKernel } from '../../testing/fake-kernel.ts'
import type { FakeFile } from '../../testing/fake-kernel.ts'
import { recordRuns } from '../record-runs.ts'
import { createProcessList } from './list-processes.ts'

const UPTIME = 1_000_000

/**
 * A look at process 20, which started at `start`, when `lastPid` is the last pid given out. Out: the start that the
 * list has for the process.
 */
function prepare() {
  const tree: Record<string, FakeFile> = {
    '/proc/thread-self/ns/net': { link: 'net:[1]' },
    '/proc/20/ns/net': { link: 'net:[1]' },
  }
  const list = createProcessList(fakeKernel(tree))
  return (start: number, lastPid: number | null): number | undefined => {
    tree['/proc/20/stat'] = `20 (a) S 1${' 0'.repeat(17)} ${start}`
    if (lastPid !== null) tree['/proc/loadavg'] = `0.00 0.01 0.05 1/99 ${lastPid}\n`
    return list(recordRuns(stoppedClock(), 1000), UPTIME)[0]?.startTicks
  }
}

test.each([
  { name: 'was given out since', input: [15, 25], expected: 2 },
  { name: 'was given out since, after pids started again', input: [900, 20], expected: 2 },
  { name: 'was not given out since', input: [20, 25], expected: 1 },
  { name: 'was not given out since, although pids started again', input: [900, 19], expected: 1 },
  { name: 'may have been given out, which is unknown', input: [null, null], expected: 1 },
])('a process whose pid $name', ({ input: [before = null, now = null], expected }) => {
  const look = prepare()
  expect(look(1, before)).toBe(1)
  expect(look(2, now)).toBe(expected)
})

test('every process is read again within eight passes', () => {
  const look = prepare()
  look(1, null)
  expect(Array.from({ length: 8 }, () => look(2, null))).toContain(2)
})
