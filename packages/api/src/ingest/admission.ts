/**
 * Bounds what is under way at once, so that a flood is told to come back (503) before it fills the memory:
 * a number of requests, and a sum of inflated bytes.
 */
export function createAdmission(limits: { readonly requests: number; readonly bytes: number }) {
  let requests = 0
  let bytes = 0
  return {
    /** Takes a place; null where there is none. Give it back with `leave`, whatever happened. */
    enter() {
      if (requests >= limits.requests) return null
      requests += 1
      let held = 0
      return {
        /** Whether that many bytes more may be held. The only request under way always may. */
        hold(more: number): boolean {
          if (bytes > 0 && bytes + more > limits.bytes) return false
          bytes += more
          held += more
          return true
        },
        leave(): void {
          requests -= 1
          bytes -= held
        },
      }
    },
  }
}
