import type { HypervisorState } from '@slashzero/core'
import type { HostFacts } from '@slashzero/db'

/** A stored state, as far as this process read or wrote it. */
export type Known = {
  /** The stored version of the state. */
  readonly version: number
  /** The highest stored sequence of the state's boot. */
  readonly lastSequence: number | null
  /** Null before the first report. */
  readonly state: HypervisorState | null
  /** The stored facts of the host; null if not known. */
  readonly host: HostFacts | null
}

/**
 * The states that this process wrote last, which saves reading them again. Another process may have written since; then
 * `saveStates` refuses the old version.
 */
export type StateCache = {
  get(hypervisorId: string): Known | undefined
  set(hypervisorId: string, known: Known): void
  forget(hypervisorId: string): void
}

type Entry = { readonly known: Known; readonly size: number; usedAt: number }

const IDLE_MILLISECONDS = 300_000

/**
 * Holds at most `capacity` taps, VMs and sockets. Hosts report in turn, so a full cache keeps its states, which serve a
 * part of the fleet, and drops only states that were not used for five minutes.
 */
export function createStateCache(capacity: number, now: () => number): StateCache {
  const entries = new Map<string, Entry>()
  let held = 0

  function forget(hypervisorId: string) {
    held -= entries.get(hypervisorId)?.size ?? 0
    entries.delete(hypervisorId)
  }

  function forgetIdle() {
    for (const [hypervisorId, { usedAt }] of entries) if (now() - usedAt > IDLE_MILLISECONDS) forget(hypervisorId)
  }

  return {
    get(hypervisorId) {
      const entry = entries.get(hypervisorId)
      if (entry === undefined) return undefined
      entry.usedAt = now()
      return entry.known
    },
    set(hypervisorId, known) {
      forget(hypervisorId)
      const { sockets, taps, vms } = known.state ?? { sockets: [], taps: [], vms: [] }
      const size = 1 + sockets.length + taps.length + vms.length
      if (held + size > capacity) forgetIdle()
      if (held + size > capacity) return
      held += size
      entries.set(hypervisorId, { known, size, usedAt: now() })
    },
    forget,
  }
}
