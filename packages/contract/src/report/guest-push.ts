// The push of a guest's routes: the server and the collector of a hypervisor answer the same request in the same words.
import { describeTooLarge } from './ingest.ts'

export const PUSH_PATH = '/ingest/v1/routes'
export const MAX_PUSH_BYTES = 1024 * 1024
/** The minimum time between two pushes of one VM. The pause bounds the work that a guest can cause. */
export const PUSH_PAUSE_MILLISECONDS = 10_000
/** The time after which a guest may push again to a busy receiver. */
export const PUSH_RETRY_SECONDS = 60

/** The reasons why a push is refused, each a sentence for the guest. */
export const PUSH_REFUSALS = {
  method: 'Routes are pushed with POST.',
  token: 'The token is missing: send it as "Authorization: Bearer …".',
  noFormat: 'Name the format of the routes, as ?format=…',
  unknownFormat: (formats: readonly string[]) =>
    `Name the format of the routes: ?format= one of ${formats.join(', ')}.`,
  pause: (seconds: number) =>
    `One push each ${PUSH_PAUSE_MILLISECONDS / 1000} s is enough; push again in ${seconds} s.`,
  busy: `Too many guests push at once; push again in ${PUSH_RETRY_SECONDS} s.`,
  tooLarge: describeTooLarge(MAX_PUSH_BYTES),
} as const
