import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { add, close, nothing } from './outcome.ts'

const written: string[] = []
beforeEach(() => {
  written.length = 0
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0)
})
afterEach(() => vi.restoreAllMocks())

const skippedOne = { passed: 2, failed: [], skipped: [{ name: 'lab', reason: 'needs root' }] }

test('names a skip with its reason and passes on a developer’s machine', () => {
  expect(close(skippedOne, false)).toBe(0)
  expect(written.join('')).toContain('skipped: lab: needs root\n2 passed, 0 failed, 1 skipped\n')
})

test('a skip fails in CI', () => {
  expect(close(skippedOne, true)).toBe(1)
  expect(written.join('')).toContain('2 passed, 1 failed, 0 skipped\n')
})

test('a run that ran nothing fails', () => {
  expect(close(nothing, false)).toBe(1)
})

test('stages add up', () => {
  expect(add(skippedOne, { passed: 1, failed: ['x'], skipped: [] })).toEqual({
    passed: 3,
    failed: ['x'],
    skipped: skippedOne.skipped,
  })
})
