import { trimMemory } from '../io/system-calls.ts'

/** What the keeper asks of the process; sizes in bytes. */
export type Heap = { readonly used: () => number; readonly collect: () => void }

/**
 * Collects garbage after a pass if the heap has grown since the last collection, and gives the free memory back to the
 * kernel. V8 alone lets the heap grow to a fixed part above what lives. Call it after each pass.
 */
export function createMemoryKeeper(heap: Heap | null = openHeap()): () => void {
  let collected = -Infinity
  return () => {
    if (heap === null || heap.used() < collected + GROWTH_BYTES) return
    heap.collect()
    collected = heap.used()
  }
}

/** Null without `--expose-gc`, which only the packages pass. */
function openHeap(): Heap | null {
  const { gc } = globalThis
  if (gc === undefined) return null
  return {
    used: () => {
      const { heapUsed, external } = process.memoryUsage()
      return heapUsed + external
    },
    collect: () => {
      // The only collection that also shrinks the space of new objects.
      gc({ type: 'major', flavor: 'last-resort', execution: 'sync' })
      trimMemory()
    },
  }
}

/** The curve of memory against time is in packaging/README.md. */
const GROWTH_BYTES = 1.5 * 1024 * 1024
