import { NOTIFY_CHANNEL } from '../listen.ts'
import type { Queryable } from '../open.ts'

const VERDICT = '!'

/** The hypervisor whose stored state changed, or null if hypervisors came or went. */
export type Change = {
  readonly hypervisorId: string | null
  /** Whether a verdict or the list of hypervisors changed, and not only figures. */
  readonly verdict: boolean
}

/** Tells every listening process at commit which hypervisors changed, and which verdicts. */
export async function notifyChanges(
  client: Queryable,
  changes: readonly { readonly id: string; readonly transitions: readonly object[] }[],
): Promise<void> {
  if (changes.length === 0) return
  await client.query({
    name: 'notify-changes',
    text: 'SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload',
    values: [NOTIFY_CHANNEL, changes.map(({ id, transitions }) => (transitions.length > 0 ? `${id}${VERDICT}` : id))],
  })
}

/** Reads a notification. An empty notification means that hypervisors came or went. */
export function readChange(payload: string): Change {
  if (payload === '') return { hypervisorId: null, verdict: true }
  const verdict = payload.endsWith(VERDICT)
  return { hypervisorId: verdict ? payload.slice(0, -VERDICT.length) : payload, verdict }
}
