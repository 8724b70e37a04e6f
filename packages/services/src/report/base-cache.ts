import { randomUUID } from 'node:crypto'
import type { Report } from '@slashzero/contract/report'

/** The last durable report of a host, which its next delta may name. */
export type Base = {
  readonly name: string
  /** The base of the delta that made this report; null if the report came whole. */
  readonly previous: string | null
  readonly report: Report
  /** The bytes of the report as JSON, and the bytes of the deltas since they were counted. */
  readonly bytes: number
  readonly grown: number
}

/** The bases of this process. Nothing is lost with a base: the server asks for the whole report. */
export type BaseCache = {
  get(hypervisorId: string): Base | undefined
  /**
   * Holds a report that is durable; `sent` counts the bytes of JSON that brought it, `base` is the report that a delta
   * was applied to. Out: the name of the new base; undefined if there is no room.
   */
  keep(hypervisorId: string, report: Report, sent: number, base?: Base): string | undefined
}

const IDLE_MILLISECONDS = 300_000

/**
 * Holds bases of at most `capacity` bytes of JSON. A full cache keeps its bases, which serve a part of the fleet, and
 * drops only bases that were not used for five minutes.
 */
export function createBaseCache(capacity: number, now: () => number): BaseCache {
  // A name of another process, or of a process before, names nothing here.
  const prefix = randomUUID().slice(0, 13)
  const entries = new Map<string, { readonly base: Base; usedAt: number }>()
  let held = 0
  let names = 0

  function remove(hypervisorId: string) {
    held -= entries.get(hypervisorId)?.base.bytes ?? 0
    entries.delete(hypervisorId)
  }

  function removeIdle() {
    for (const [hypervisorId, { usedAt }] of entries) if (now() - usedAt > IDLE_MILLISECONDS) remove(hypervisorId)
  }

  return {
    get(hypervisorId) {
      const entry = entries.get(hypervisorId)
      if (entry !== undefined) entry.usedAt = now()
      return entry?.base
    },
    keep(hypervisorId, report, sent, base) {
      const size = measure(report, sent, base)
      remove(hypervisorId)
      if (held + size.bytes > capacity) removeIdle()
      if (held + size.bytes > capacity) return undefined
      held += size.bytes
      names += 1
      const name = `${prefix}-${names.toString(36)}`
      entries.set(hypervisorId, { base: { name, previous: base?.name ?? null, report, ...size }, usedAt: now() })
      return name
    },
  }
}

/** Deltas mostly replace, so their bytes do not add up; the report is counted again before they could double it. */
function measure(report: Report, sent: number, base: Base | undefined): Pick<Base, 'bytes' | 'grown'> {
  if (base === undefined) return { bytes: sent, grown: 0 }
  const grown = base.grown + sent
  return grown < base.bytes ? { bytes: base.bytes, grown } : { bytes: JSON.stringify(report).length, grown: 0 }
}
