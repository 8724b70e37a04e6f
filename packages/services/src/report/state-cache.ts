import type { HypervisorState } from '@slashzero/core'
import { type HostFacts, type PackedVms, unpackVms } from '@slashzero/db'

/** A stored state, as far as this process read or wrote it. */
export type Known = {
  /** The stored version of the state. */
  readonly version: number
  /** The highest stored sequence of the state's boot. */
  readonly lastSequence: number | null
  /** Null before the first report. */
  readonly state: HypervisorState | null
  /** The VMs of the state; null before the first report. */
  readonly vms: PackedVms | null
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

/** The held state has no VMs but those packed beside it. */
type Entry = { readonly known: Known; readonly size: number; usedAt: number }

const IDLE_MILLISECONDS = 300_000
/** Measured: a host of 100 VMs, 100 taps and a socket takes 154 kB of heap. */
const BYTES_EACH = 800

/**
 * Holds states in about `bytes` of memory. Hosts report in turn, so a full cache keeps its states, which serve a part
 * of the fleet, and drops only states that were not used for five minutes.
 */
export function createStateCache(bytes: number, now: () => number): StateCache {
  const capacity = bytes / BYTES_EACH
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
      const { known } = entry
      const { state, vms } = known
      return state === null || vms === null ? known : { ...known, state: { ...state, vms: unpackVms(vms) } }
    },
    set(hypervisorId, known) {
      forget(hypervisorId)
      const { state } = known
      const size = state === null ? 1 : 1 + state.sockets.length + state.taps.length + state.vms.length
      if (held + size > capacity) forgetIdle()
      if (held + size > capacity) return
      held += size
      entries.set(hypervisorId, { known: { ...known, state: state && { ...state, vms: [] } }, size, usedAt: now() })
    },
    forget,
  }
}
