import { expect, test } from 'vitest'
import { countVms } from './count-vms.ts'

const countdown = (endsAt: number, renewable: boolean) => ({ endsAt, basis: 'seen' as const, renewable })

test('counts VMs by status; an expiring route is not missing', () => {
  const vms = (['ok', 'missing', 'unknown', 'missing', 'expiring'] as const).map((status) => ({
    route: { status, countdown: null },
  }))
  expect(countVms(vms)).toEqual({ total: 5, missing: 2, expiring: 1, unknown: 1, dark: null })
  expect(countVms([])).toEqual({ total: 0, missing: 0, expiring: 0, unknown: 0, dark: null })
})

test('a VM goes dark if nothing can renew the route that it still has', () => {
  const vms = [
    { route: { status: 'ok' as const, countdown: countdown(30, false) } },
    { route: { status: 'expiring' as const, countdown: countdown(10, false) } },
    { route: { status: 'ok' as const, countdown: countdown(5, true) } },
    { route: { status: 'missing' as const, countdown: countdown(1, false) } },
  ]
  expect(countVms(vms).dark).toEqual({ vms: 2, firstAt: 10, lastAt: 30 })
})
