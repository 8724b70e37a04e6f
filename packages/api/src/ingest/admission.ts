/**
 * Bounds the requests of each client, and of all clients the whole bodies and their bytes. A body counts for all only
 * when it is whole, so a slow client holds up itself alone, and a flood is refused before it fills the memory.
 */
export function createAdmission(limits: { readonly each: number; readonly requests: number; readonly bytes: number }) {
  const clients = new Map<string, number>()
  let requests = 0
  let bytes = 0
  return {
    /** Takes a place of this client; null if the client has none left. Always return the place with `leave`. */
    enter(client: string) {
      const own = clients.get(client) ?? 0
      if (own >= limits.each) return null
      clients.set(client, own + 1)
      let held: number | null = null
      return {
        /** Whether this many more bytes may be held. A single request always may. */
        hold(more: number): boolean {
          if (held === null && requests >= limits.requests) return false
          if (bytes > 0 && bytes + more > limits.bytes) return false
          if (held === null) requests += 1
          bytes += more
          held = (held ?? 0) + more
          return true
        },
        leave(): void {
          const left = (clients.get(client) ?? 0) - 1
          if (left > 0) clients.set(client, left)
          else clients.delete(client)
          if (held === null) return
          requests -= 1
          bytes -= held
        },
      }
    },
  }
}
