import type { Scope } from '@slashzero/contract/page'
import type { Database } from '@slashzero/db'

/** Who asks. Verbs authorise against it; `system` is the process itself (worker, command line, start). */
export type Actor =
  | { readonly kind: 'system' }
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'user'; readonly userId: string }
  | { readonly kind: 'api-token'; readonly tokenId: string; readonly scopes: readonly Scope[] }
  | CollectorActor
  | GuestActor

/** A collector whose credential was checked: it speaks for this hypervisor alone. */
export type CollectorActor = { readonly kind: 'collector'; readonly hypervisorId: string; readonly hostId: string }

/** A guest whose token was checked: it speaks for this VM alone, which this hypervisor reports now. */
export type GuestActor = {
  readonly kind: 'guest'
  readonly tokenId: string
  readonly hypervisorId: string
  readonly vmKey: string
}

/** A structured logger; pino's signature. */
export type Logger = {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** What every verb is given. `now` is the server's clock in milliseconds since the epoch. */
export type ServiceContext = {
  readonly db: Database
  readonly now: () => number
  readonly actor: Actor
  readonly log: Logger
}
