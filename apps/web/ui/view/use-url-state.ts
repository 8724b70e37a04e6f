'use client'

import { usePathname, useSearchParams } from 'next/navigation'
import { useCallback } from 'react'

/** Parameters to set; null removes a parameter. */
export type UrlPatch = Readonly<Record<string, string | null>>

/**
 * The state of the page in its URL, so that a reader can send a view to a colleague.
 * Typing replaces the entry in the history; a choice (`push`) adds one, so that Back works.
 */
export function useUrlState() {
  const pathname = usePathname()
  const params = useSearchParams()
  const hrefFor = useCallback((patch: UrlPatch) => `${pathname}${patchQuery(params, patch)}`, [pathname, params])
  const set = useCallback(
    (patch: UrlPatch, how: 'replace' | 'push' = 'replace') => {
      const href = hrefFor(patch)
      if (how === 'push') window.history.pushState(null, '', href)
      else window.history.replaceState(null, '', href)
    },
    [hrefFor],
  )
  return { params: new URLSearchParams(params), hrefFor, set }
}

/** The query string with the patch applied, `?` included; empty if no parameter is left. */
export function patchQuery(params: Readonly<{ toString: () => string }>, patch: UrlPatch): string {
  const patched = new URLSearchParams(params.toString())
  for (const [name, value] of Object.entries(patch)) {
    if (value === null || value === '') patched.delete(name)
    else patched.set(name, value)
  }
  const query = patched.toString()
  return query === '' ? '' : `?${query}`
}
