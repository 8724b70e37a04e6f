import { createHash } from 'node:crypto'
import { routeCheckMethod } from '@slashzero/contract/report'
import { countdownBasis, routeStatus } from '@slashzero/contract/rest'
import type { VmState } from '@slashzero/core'
import { boolean, instant, json, named, nullable, oneOf, text, texts } from './column.ts'
import { defineTable, group, nullableGroup } from './table.ts'

/** The VMs of a hypervisor. `id` is their public id; `search` the text in which a search finds them. */
export const vm = defineTable<{ hypervisorId: string; id: string; search: string } & VmState>({
  name: 'vm',
  key: ['hypervisorId', 'key'],
  columns: {
    hypervisorId: text,
    key: text,
    id: text,
    search: text,
    name: text,
    uuid: nullable(text),
    tapKeys: texts,
    route: group({
      status: oneOf(routeStatus.options),
      reason: nullable(text),
      since: instant,
      checkedAt: nullable(instant),
      method: nullable(oneOf(routeCheckMethod.options)),
      gateway: nullable(text),
      expiresAt: nullable(instant),
      cause: nullable(text),
      countdown: nullableGroup({
        endsAt: named('route_ends_at', instant),
        basis: named('route_ends_basis', oneOf(countdownBasis.options)),
        renewable: named('route_renewable', boolean),
      }),
    }),
    checks: json(),
    memory: json(),
  },
})

/**
 * The public id of a VM: constant for a VM on its hypervisor, also after the VM left and returned.
 * Nobody can guess it, because the hypervisor's id is random.
 */
export function toVmId(hypervisorId: string, key: string): string {
  return `vm_${createHash('sha256').update(`${hypervisorId}\n${key}`).digest('base64url').slice(0, 22)}`
}
