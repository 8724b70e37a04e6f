import { describe, expect, it } from 'vitest'
import { formatCount, formatShare } from './format-count.ts'

describe('formatCount', () => {
  it.each([
    { value: 0, expected: 'no VMs' },
    { value: 1, expected: '1 VM' },
    { value: 84, expected: '84 VMs' },
    { value: 10_000, expected: '10,000 VMs' },
  ])('writes $value as $expected', ({ value, expected }) => {
    expect(formatCount(value, 'VM')).toBe(expected)
  })

  it('takes an irregular plural', () => {
    expect(formatCount(2, 'hypervisor has', 'hypervisors have')).toBe('2 hypervisors have')
  })
})

describe('formatShare', () => {
  it.each([
    { share: 0, expected: '0 %' },
    { share: 0.004, expected: '< 1 %' },
    { share: 0.604, expected: '60 %' },
    { share: 0.996, expected: '> 99 %' },
    { share: 1, expected: '100 %' },
  ])('writes $share as $expected', ({ share, expected }) => {
    expect(formatShare(share)).toBe(expected)
  })
})
