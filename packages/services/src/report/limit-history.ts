import type { Sample, Transition } from '@slashzero/core'
import type { ServiceContext } from '../context.ts'
import { createLoads } from './loads.ts'

const HALF_LIFE_MILLISECONDS = 30 * 60_000
/** A reboot of 2,000 VMs makes about 12,000 transitions; a day of unsent reports of ten sockets, 58,000 samples. */
const MAX_ROWS = { transitions: 20_000, samples: 100_000 }

type Rows = { readonly id: string; readonly samples: readonly Sample[]; readonly transitions: readonly Transition[] }

/**
 * Bounds the rows of history that a hypervisor makes lately, because a small report can make 20,000 rows. Beyond the
 * bound only the transitions of the hypervisor itself are written; the state is kept.
 */
export function createHistoryLimit({ now, log }: Pick<ServiceContext, 'now' | 'log'>) {
  const transitions = createLoads(now, HALF_LIFE_MILLISECONDS)
  const samples = createLoads(now, HALF_LIFE_MILLISECONDS)
  const beyond = new Set<string>()

  function say(hypervisorId: string, isBeyond: boolean): void {
    if (isBeyond && !beyond.has(hypervisorId))
      log.warn(
        { hypervisorId, ...MAX_ROWS },
        'a hypervisor makes too much history; its rows are dropped until it makes less',
      )
    if (isBeyond) beyond.add(hypervisorId)
    else beyond.delete(hypervisorId)
  }

  return {
    /** The rows of a change that may be written. */
    take({ id, ...made }: Rows): Rows {
      const isMoving = transitions.read(id) + made.transitions.length > MAX_ROWS.transitions
      const isSampled = samples.read(id) + made.samples.length > MAX_ROWS.samples
      say(id, isMoving || isSampled)
      return {
        id,
        transitions: isMoving ? made.transitions.filter(({ subject }) => subject === 'hypervisor') : made.transitions,
        samples: isSampled ? [] : made.samples,
      }
    },
    /** Counts written rows. */
    add({ id, ...written }: Rows): void {
      transitions.add(id, written.transitions.length)
      samples.add(id, written.samples.length)
    },
  }
}

export type HistoryLimit = ReturnType<typeof createHistoryLimit>
