import { expect, test } from 'vitest'
import {
  HYPERVISOR_STATUSES,
  hypervisorStatusesWorstFirst,
  ROUTE_STATUSES,
  routeStatusesWorstFirst,
  TAP_STATUSES,
  tapStatusesWorstFirst,
} from './statuses.ts'

test.each([
  { name: 'hypervisors', order: hypervisorStatusesWorstFirst, statuses: HYPERVISOR_STATUSES },
  { name: 'taps', order: tapStatusesWorstFirst, statuses: TAP_STATUSES },
  { name: 'routes', order: routeStatusesWorstFirst, statuses: ROUTE_STATUSES },
])('the order of severity of $name holds each status once', ({ order, statuses }) => {
  expect(order).toHaveLength(statuses.length)
  expect(new Set<string>(order)).toEqual(new Set<string>(statuses))
})
