import type { Change } from '@slashzero/contract/page'

const PAUSE_MILLISECONDS = 1000
/** A stream ends after this time. The page then opens the next stream, which needs a valid session. */
const MAX_STREAM_MILLISECONDS = 300_000

/**
 * Passes the changes of one LISTEN connection to every open page: the first change at once, then one batch a second.
 * A batch has one entry a hypervisor, so that neither many reports nor a slow page pile up entries.
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
    const timer = setTimeout(() => ageing.abort(), MAX_STREAM_MILLISECONDS)
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
