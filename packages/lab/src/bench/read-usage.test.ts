import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { readMemory, readParent, readTreeCpu } from './read-usage.ts'

describe.runIf(process.platform === 'linux')('usage from /proc', () => {
  test("CPU time counts a child's work, also after it has ended", async () => {
    const before = readTreeCpu(process.pid)
    const child = spawn(process.execPath, ['-e', 'while (process.cpuUsage().user < 200_000);'])
    await once(child, 'exit')
    expect(readTreeCpu(process.pid) - before).toBeGreaterThanOrEqual(190)
  })

  test('a process that has ended is an error, not zero', () => {
    expect(() => readTreeCpu(2 ** 22 + 1)).toThrow('has ended')
    expect(() => readParent(2 ** 22 + 1)).toThrow('no process')
    expect(readParent(process.pid)).toBe(process.ppid)
  })

  test('anonymous memory is part of resident memory', () => {
    const { resident, anonymous } = readMemory(process.pid)
    expect(anonymous).toBeGreaterThan(1e6)
    expect(resident).toBeGreaterThan(anonymous)
  })
})
