'use client'

import { usePathname, useSearchParams } from 'next/navigation'
import { useCallback } from 'react'

/** Parameters to set; null removes one. */
export type UrlPatch = Readonly<Record<string, string | null>>

/**
 * The page's state as it stands in the URL, so that a view can be sent to a colleague.
 * What is typed replaces the entry in the history; what is chosen (`push`) adds one, so that Back works.
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

/** The page of a list that stands in the URL under `name`, of 1 to `last`; the first page leaves the URL as it is. */
export function useUrlPage(name: string, last: number): { page: number; setPage: (page: number) => void } {
  const { params, set } = useUrlState()
  const wanted = Number(params.get(name) ?? 1)
  return {
    page: Number.isInteger(wanted) && wanted >= 1 ? Math.min(wanted, Math.max(1, last)) : 1,
    setPage: (page) => set({ [name]: page === 1 ? null : String(page) }, 'push'),
  }
}

/** The query string with the patch applied, `?` included; empty where nothing is left. */
export function patchQuery(params: Readonly<{ toString: () => string }>, patch: UrlPatch): string {
  const patched = new URLSearchParams(params.toString())
  for (const [name, value] of Object.entries(patch)) {
    if (value === null || value === '') patched.delete(name)
    else patched.set(name, value)
  }
  const query = patched.toString()
  return query === '' ? '' : `?${query}`
}
