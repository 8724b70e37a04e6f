import type { Change } from '@slashzero/contract/page'

const PAUSE_MILLISECONDS = 1000
/** A stream ends now and then, so that a session that has ended is noticed when its page asks for the next one. */
const LONGEST_MILLISECONDS = 300_000

/**
 * Gives what one LISTEN connection hears to every open page. A page gets what moved at once, and then whatever moved
 * in each second together: so no hypervisor is named to it more than once a second, however many reports arrive, and
 * a page that reads slowly piles up no more than one entry a hypervisor.
 */
export function createLiveChanges() {
  const subscribers = new Set<(change: Change) => void>()

  async function* changes(leaving: AbortSignal): AsyncGenerator<Change> {
    const moved = new Map<string | null, boolean>()
    const ageing = new AbortController()
    const signal = AbortSignal.any([leaving, ageing.signal])
    let wake = () => {}
    const subscriber = ({ hypervisorId, verdict }: Change) => {
      moved.set(hypervisorId, verdict || moved.get(hypervisorId) === true)
      wake()
    }
    const wakeUp = () => wake()
    const timer = setTimeout(() => ageing.abort(), LONGEST_MILLISECONDS)
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
        for (const [hypervisorId, verdict] of batch) yield { hypervisorId, verdict }
        await pause(signal)
      }
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', wakeUp)
      subscribers.delete(subscriber)
    }
  }

  return {
    changes,
    publish(change: Change): void {
      for (const subscriber of subscribers) subscriber(change)
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
