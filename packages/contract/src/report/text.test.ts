import { expect, test, vi } from 'vitest'
import { visibleText } from './text.ts'

test('a text that is too long is refused without being rewritten', () => {
  const replace = vi.spyOn(String.prototype, 'replace')
  expect(visibleText(4).safeParse('\u202e'.repeat(5)).success).toBe(false)
  expect(replace).not.toHaveBeenCalled()
  expect(visibleText(4).parse('\u202ea')).toBe('\ufffda')
  expect(replace).toHaveBeenCalled()
  replace.mockRestore()
})
