import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { strip } from './strip.ts'

test.skipIf(process.platform !== 'linux')('a stripped Node is smaller and works, its native modules too', () => {
  const folder = mkdtempSync(join(tmpdir(), 'strip-'))
  try {
    const whole = readFileSync(process.execPath)
    const stripped = strip(whole)
    expect(stripped.length).toBeLessThanOrEqual(whole.length)
    const program = join(folder, 'node')
    writeFileSync(program, stripped)
    chmodSync(program, 0o755)
    const script = `require(${JSON.stringify(import.meta.resolve('koffi').replace('file://', '').replace('index.js', 'index.cjs'))}).load(null); console.log(process.version)`
    expect(execFileSync(program, ['-e', script], { encoding: 'utf8' }).trim()).toBe(process.version)
    expect(strip(stripped).equals(stripped)).toBe(true)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.each([
  Buffer.alloc(0),
  Buffer.alloc(100),
  Buffer.from('#!/bin/sh\n'.repeat(10)),
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 1, 1, ...Array<number>(90).fill(0)]),
])('other files than 64-bit programs are refused', (bytes) =>
  expect(() => strip(bytes)).toThrow('not a 64-bit little-endian ELF program'),
)
