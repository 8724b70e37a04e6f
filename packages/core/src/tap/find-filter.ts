import type { TapState } from '../state.ts'
import { figure } from '../wording/figures.ts'

/** A report may fall between a message out and its copy in, so one or two unheard advertisements show nothing. */
const MIN_UNHEARD = 3

/**
 * Advertisements that went out and did not come back in, as the kernel gives a sender's own multicast back
 * (ip6_finish_output2); null without them. Answers to one VM do not come back. Says something only of radvd alone.
 */
export function findFilter({
  name,
  countedOn,
  memory,
  advertisements,
}: Pick<TapState, 'name' | 'countedOn' | 'memory' | 'advertisements'>): string | null {
  const { sent = 0, solicits = 0 } = memory.unheard ?? {}
  const isSeen = advertisements?.some(({ direction }) => direction === 'sent') ?? false
  if (isSeen || sent - solicits < MIN_UNHEARD) return null
  return `${figure(sent)} Router Advertisements went out on ${countedOn ?? name}, and none came back in as a sender's own multicast does: a packet filter on this host may drop them`
}
