/**
 * Bounds the concurrent requests and the sum of their inflated bytes, so that a flood is refused (503) before it fills the
 * memory.
 */
export function createAdmission(limits: { readonly requests: number; readonly bytes: number }) {
  let requests = 0
  let bytes = 0
  return {
    /** Takes a place; null if none is free. Always return the place with `leave`. */
    enter() {
      if (requests >= limits.requests) return null
      requests += 1
      let held = 0
      return {
        /** Whether this many more bytes may be held. A single request always may. */
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
