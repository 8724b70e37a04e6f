import type { HypervisorTap } from '@slashzero/contract/page'
import type { TapRecord } from '@slashzero/db'
import { toIso } from '../time.ts'
import { toTapResource } from '../rest/to-hypervisor-resource.ts'

/** A tap as the pages show it. */
export function toTap(tap: TapRecord): HypervisorTap {
  const advertisements = tap.advertisements?.map((one) => ({ ...one, seenAt: toIso(one.seenAt) })) ?? null
  return { ...toTapResource(tap), advertisements }
}
