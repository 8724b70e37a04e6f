import type { TapReport } from '@slashzero/contract/report'
import type { TapState, Unheard } from '../state.ts'

type Counters = Pick<TapReport, 'countedOn' | 'routerSolicitsIn' | 'routerAdvertsIn' | 'routerAdvertsOut'>

/**
 * Advertisements out since one last came back in, and solicitations meanwhile, which a sender may answer to the VM
 * alone. Null if nothing went out or a counter is unknown. An unchanged count keeps its identity.
 */
export function countUnheard(before: TapState | undefined, seen: Counters): Unheard | null {
  const { routerSolicitsIn: solicits, routerAdvertsIn: came, routerAdvertsOut: went } = seen
  if (solicits === null || came === null || went === null) return null
  if (!before || before.countedOn !== seen.countedOn) return came === 0 && went > 0 ? { sent: went, solicits } : null
  const { routerSolicitsIn, routerAdvertsIn, routerAdvertsOut, memory } = before
  if (routerSolicitsIn === null || routerAdvertsIn === null || routerAdvertsOut === null || came > routerAdvertsIn)
    return null
  const [sent, asked] = [went - routerAdvertsOut, solicits - routerSolicitsIn]
  const known = memory.unheard ?? null
  if ((sent === 0 && asked === 0) || (sent === 0 && known === null)) return known
  return { sent: (known?.sent ?? 0) + sent, solicits: (known?.solicits ?? 0) + asked }
}
