import type { HypervisorSender } from '@slashzero/contract/page'
import { formatNumber } from '../../ui/words/format-count.ts'

type Stale = Pick<HypervisorSender, 'staleMemberships' | 'staleInterfaceIndexes' | 'staleInterfacesFound'>

/** How many deleted interfaces the collector still looks for; null if it has found all, or cannot look. */
export function describeUnfound({
  staleMemberships: stale,
  staleInterfaceIndexes: indexes,
  staleInterfacesFound: found,
}: Stale): string | null {
  if (indexes !== null || stale === null || found === undefined || stale <= found) return null
  return `Deleted interfaces that are still joined: ${formatNumber(stale)}. The collector still looks for ${formatNumber(stale - found)} of them.`
}
