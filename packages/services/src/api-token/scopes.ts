import { type Scope, scope } from '@slashzero/contract/page'

export const scopes: readonly Scope[] = scope.options

/** The stored scopes that this code knows; one that a newer version gave means nothing here. */
export function readScopes(stored: readonly string[]): Scope[] {
  return scopes.filter((known) => stored.includes(known))
}
