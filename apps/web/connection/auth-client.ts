'use client'

import { createAuthClient } from 'better-auth/react'

/** Sign-in, sign-out, session and password, at /api/auth. */
export const authClient = createAuthClient()

/** Opens the sign-in page, which leads back to this page. */
export function leaveForSignIn(): void {
  const here = `${window.location.pathname}${window.location.search}`
  window.location.assign(`/sign-in?next=${encodeURIComponent(here)}`)
}
