import type { Change } from '@slashzero/contract'

const PAUSE_MILLISECONDS = 1000

/**
 * Gives what one LISTEN connection hears to every open page. A page gets what moved at once, and then whatever moved
 * in each second together: so no hypervisor is named to it more than once a second, however many reports arrive, and
 * a page that reads slowly piles up no more than one entry a hypervisor.
 */
export function createLiveChanges() {
  const subscribers = new Set<(hypervisorId: string | null) => void>()

  async function* changes(signal: AbortSignal): AsyncGenerator<Change> {
    const moved = new Set<string | null>()
    let wake = () => {}
    const subscriber = (hypervisorId: string | null) => {
      moved.add(hypervisorId)
      wake()
    }
    const wakeUp = () => wake()
    subscribers.add(subscriber)
    signal.addEventListener('abort', wakeUp)
    try {
      while (!signal.aborted) {
        if (moved.size === 0) {
          await new Promise<void>((resolve) => (wake = resolve))
          continue
        }
        const batch = [...moved]
        moved.clear()
        for (const hypervisorId of batch) yield { hypervisorId }
        await pause(signal)
      }
    } finally {
      signal.removeEventListener('abort', wakeUp)
      subscribers.delete(subscriber)
    }
  }

  return {
    changes,
    /** `hypervisorId` null: which hypervisors there are may have changed. */
    publish(hypervisorId: string | null): void {
      for (const subscriber of subscribers) subscriber(hypervisorId)
    },
  }
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, PAUSE_MILLISECONDS)
    signal.addEventListener('abort', end)
  })
}
