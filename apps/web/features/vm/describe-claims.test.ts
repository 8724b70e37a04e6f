import { expect, test } from 'vitest'
import { describeClaims } from './describe-claims.ts'

test('a uuid that other hypervisors report too is said with their names', () => {
  const claims = ['hv-2', 'hv-3', 'hv-4'].map((name) => ({ id: name, name }))
  expect(describeClaims([])).toEqual([])
  expect(describeClaims(claims.slice(0, 1))[0]).toBe('hv-2 also reports a VM with this uuid')
  expect(describeClaims(claims)[0]).toBe('hv-2, hv-3 and hv-4 also report a VM with this uuid')
})
