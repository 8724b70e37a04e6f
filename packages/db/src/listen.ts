import { setTimeout as sleep } from 'node:timers/promises'
import { Client, escapeIdentifier } from 'pg'

/** The channel of the payloads that `readChange` reads. */
export const NOTIFY_CHANNEL = 'slashzero_change'

export type Listener = { close(): Promise<void> }

/**
 * Calls `onPayload` for every notification on `channel`, on its own connection. After a break, which may lose
 * notifications, calls `onReconnect`. Resolves when it first listens; throws if the first connection fails.
 */
export async function listen(
  url: string,
  channel: string,
  onPayload: (payload: string) => void,
  onReconnect: () => void,
): Promise<Listener> {
  const stopping = new AbortController()
  let client = await connect()

  async function connect(): Promise<Client> {
    const fresh = new Client({ connectionString: url, application_name: 'slashzero listen', keepAlive: true })
    fresh.on('notification', (message) => onPayload(message.payload ?? ''))
    fresh.on('error', () => undefined) // 'end' follows
    try {
      await fresh.connect()
      await fresh.query(`LISTEN ${escapeIdentifier(channel)}`)
    } catch (error) {
      await fresh.end().catch(() => undefined)
      throw error
    }
    fresh.once('end', () => void reconnect())
    return fresh
  }

  async function reconnect() {
    for (let delay = 100; !stopping.signal.aborted; delay = Math.min(delay * 2, 5000)) {
      try {
        await sleep(delay, undefined, { signal: stopping.signal })
        const fresh = await connect()
        if (stopping.signal.aborted) return await fresh.end()
        client = fresh
        return onReconnect()
      } catch {
        // The server is still away: the next round tries again.
      }
    }
  }

  return {
    async close() {
      stopping.abort()
      await client.end()
    },
  }
}
