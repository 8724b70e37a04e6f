import { expect, it } from 'vitest'
import { formatRanges } from './format-ranges.ts'

it('writes consecutive numbers as a range', () => {
  expect(formatRanges([17, 9, 15, 16, 21, 22])).toBe('9, 15–17, 21–22')
  expect(formatRanges([])).toBe('')
})
