const HALF_LIFE_MILLISECONDS = 10_000
const MAX_REMEMBERED = 10_000

/** How much each hypervisor sent lately. A load halves every ten seconds, or every `halfLife` milliseconds. */
export function createLoads(now: () => number, halfLife = HALF_LIFE_MILLISECONDS) {
  const loads = new Map<string, { readonly load: number; readonly at: number }>()

  function read(hypervisorId: string): number {
    const entry = loads.get(hypervisorId)
    return entry ? entry.load * 0.5 ** ((now() - entry.at) / halfLife) : 0
  }

  return {
    read,
    add(hypervisorId: string, load: number): void {
      const sum = read(hypervisorId) + load
      loads.delete(hypervisorId)
      if (loads.size >= MAX_REMEMBERED) loads.delete(loads.keys().next().value ?? '')
      loads.set(hypervisorId, { load: sum, at: now() })
    },
  }
}
