import type { HypervisorState } from '@slashzero/core'
import type { HostFacts } from '@slashzero/db'

/** A stored state, and the stored facts of the host, as far as this process wrote them. */
export type Known = { readonly state: HypervisorState; readonly host: HostFacts | null }

/** The states that this process wrote last, which saves reading them again. A state is valid for one stored version. */
export type StateCache = {
  /** What is known of a hypervisor if `version` is the stored version. */
  get(hypervisorId: string, version: number): Known | undefined
  set(hypervisorId: string, version: number, known: Known): void
}

type Entry = { readonly version: number; readonly known: Known; readonly size: number; usedAt: number }

const IDLE_MILLISECONDS = 300_000

/**
 * Holds at most `capacity` taps, VMs and sockets. Hosts report in turn, so a full cache keeps its states, which serve a
 * part of the fleet, and drops only states that were not used for five minutes.
 */
export function createStateCache(capacity: number, now: () => number): StateCache {
  const entries = new Map<string, Entry>()
  let held = 0

  function remove(hypervisorId: string) {
    held -= entries.get(hypervisorId)?.size ?? 0
    entries.delete(hypervisorId)
  }

  function removeIdle() {
    for (const [hypervisorId, { usedAt }] of entries) if (now() - usedAt > IDLE_MILLISECONDS) remove(hypervisorId)
  }

  return {
    get(hypervisorId, version) {
      const entry = entries.get(hypervisorId)
      if (entry === undefined || entry.version !== version) return undefined
      entry.usedAt = now()
      return entry.known
    },
    set(hypervisorId, version, known) {
      const { state } = known
      remove(hypervisorId)
      const size = 1 + state.sockets.length + state.taps.length + state.vms.length
      if (held + size > capacity) removeIdle()
      if (held + size > capacity) return
      held += size
      entries.set(hypervisorId, { version, known, size, usedAt: now() })
    },
  }
}
