import type { Actor, ServiceContext } from './context.ts'
import { ServiceError } from './error.ts'

/**
 * What a verb does: `read` looks at the fleet, `administrate` is a change by a person, `judge` writes verdicts in the
 * worker, `operate` belongs to the server itself and its command line.
 */
export type Action = 'read' | 'administrate' | 'judge' | 'operate'

/** Throws ServiceError `unauthenticated` for an anonymous actor, `forbidden` for an actor without the right. */
export function authorise(context: Pick<ServiceContext, 'actor'>, action: Action): void {
  if (isAllowed(context.actor, action)) return
  if (context.actor.kind === 'anonymous') throw new ServiceError('unauthenticated', 'Sign in, or send an API token.')
  throw new ServiceError('forbidden', refusals[action])
}

const refusals: Record<Action, string> = {
  read: 'Sign in, or send an API token with the scope read.',
  administrate: 'Sign in to change this.',
  judge: 'Only the server itself judges.',
  operate: 'Only the server itself, or its operator at the command line, may do this.',
}

function isAllowed(actor: Actor, action: Action): boolean {
  switch (actor.kind) {
    case 'system':
      return true
    case 'user':
      return action === 'read' || action === 'administrate'
    case 'api-token':
      return action === 'read' && actor.scopes.includes('read')
    case 'collector':
    case 'guest':
    case 'anonymous':
      return false
    default:
      return actor satisfies never
  }
}
