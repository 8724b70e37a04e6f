import { describe, expect, it } from 'vitest'
import { patchQuery } from './use-url-state.ts'

describe('patchQuery', () => {
  it('sets and removes parameters, and keeps the rest', () => {
    expect(patchQuery(new URLSearchParams('a=1&b=2'), { b: null, c: 'x y' })).toBe('?a=1&c=x+y')
    expect(patchQuery(new URLSearchParams('a=1'), { a: '' })).toBe('')
  })
})
