import type { HypervisorTap } from '@slashzero/contract/page'
import type { TapRecord } from '@slashzero/db'
import { toIso } from '../time.ts'
import { toTapResource } from '../rest/to-hypervisor-resource.ts'

/** Turns a stored tap into the tap of a page. */
export function toTap(tap: TapRecord): HypervisorTap {
  const advertisements = tap.advertisements?.map((one) => ({ ...one, seenAt: toIso(one.seenAt) })) ?? null
  return { ...toTapResource(tap), advertisements }
}
