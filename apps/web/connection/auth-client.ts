'use client'

import { createAuthClient } from 'better-auth/react'

/** Sign-in, sign-out, session and password, at /api/auth. */
export const authClient = createAuthClient()

/** Leaves for the sign-in page, to come back to this one. */
export function leaveForSignIn(): void {
  const here = `${window.location.pathname}${window.location.search}`
  window.location.assign(`/sign-in?next=${encodeURIComponent(here)}`)
}
