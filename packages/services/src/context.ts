import type { Scope } from '@slashzero/contract/page'
import type { Database } from '@slashzero/db'

/** Who calls a verb; verbs authorise the actor. `system` is the process itself (worker, command line, start). */
export type Actor =
  | { readonly kind: 'system' }
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'user'; readonly userId: string }
  | { readonly kind: 'api-token'; readonly tokenId: string; readonly scopes: readonly Scope[] }
  | CollectorActor
  | GuestActor

/** A collector with a checked credential, which reports for this hypervisor only. */
export type CollectorActor = { readonly kind: 'collector'; readonly hypervisorId: string; readonly hostId: string }

/** A guest with a checked token, which pushes for this VM only. The hypervisor reports the VM now. */
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

/** The context of every verb. `now` is the server's clock in milliseconds since the epoch. */
export type ServiceContext = {
  readonly db: Database
  readonly now: () => number
  readonly actor: Actor
  readonly log: Logger
}
