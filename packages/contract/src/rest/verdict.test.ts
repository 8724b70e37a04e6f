import { expect, test } from 'vitest'
import {
  hypervisorStatus,
  hypervisorStatusesWorstFirst,
  routeStatus,
  routeStatusesWorstFirst,
  tapStatus,
  tapStatusesWorstFirst,
} from './verdict.ts'

test.each([
  { name: 'hypervisors', order: hypervisorStatusesWorstFirst, statuses: hypervisorStatus.options },
  { name: 'taps', order: tapStatusesWorstFirst, statuses: tapStatus.options },
  { name: 'routes', order: routeStatusesWorstFirst, statuses: routeStatus.options },
])('the order of severity of $name holds each status once', ({ order, statuses }) => {
  expect(order).toHaveLength(statuses.length)
  expect(new Set<string>(order)).toEqual(new Set<string>(statuses))
})
