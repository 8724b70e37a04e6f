import { type Scope, scope } from '@slashzero/contract/page'

export const scopes: readonly Scope[] = scope.options

/** The stored scopes that this version knows. Scopes of newer versions are ignored. */
export function readScopes(stored: readonly string[]): Scope[] {
  return scopes.filter((known) => stored.includes(known))
}
