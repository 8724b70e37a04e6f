import { expect, test } from 'vitest'
import { countVms } from './count-vms.ts'

test('counts all, missing and unknown VMs; an expiring route is not missing', () => {
  const vms = (['ok', 'missing', 'unknown', 'missing', 'expiring'] as const).map((status) => ({ route: { status } }))
  expect(countVms(vms)).toEqual({ total: 5, missing: 2, unknown: 1 })
  expect(countVms([])).toEqual({ total: 0, missing: 0, unknown: 0 })
})
