import { fieldOf } from './call.ts'
import type { AuthFailure } from './describe-auth-failure.ts'

/** Null: signed in. */
export function signIn(email: string, password: string): Promise<AuthFailure | null> {
  return post('/sign-in/email', { email, password })
}

export function signOut(): Promise<AuthFailure | null> {
  return post('/sign-out', {})
}

/** Ends all other sessions too. */
export function changePassword(currentPassword: string, newPassword: string): Promise<AuthFailure | null> {
  return post('/change-password', { currentPassword, newPassword })
}

export type Account = { readonly name: string; readonly email: string }

/** Who is signed in; null without a session. Throws if the sign-in service does not answer. */
export async function readAccount(): Promise<Account | null> {
  const response = await fetch('/api/auth/get-session')
  if (!response.ok) throw new Error(`the sign-in service answered with status ${response.status}`)
  const said: unknown = await response.json()
  const user = fieldOf(said, 'user')
  const [name, email] = [fieldOf(user, 'name'), fieldOf(user, 'email')]
  return typeof name === 'string' && typeof email === 'string' ? { name, email } : null
}

/** Opens the sign-in page, which leads back to this page. */
export function leaveForSignIn(): void {
  const here = `${window.location.pathname}${window.location.search}`
  window.location.assign(`/sign-in?next=${encodeURIComponent(here)}`)
}

/** Sends a request to the sign-in service at /api/auth. */
async function post(path: string, body: Readonly<Record<string, string>>): Promise<AuthFailure | null> {
  try {
    const response = await fetch(`/api/auth${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (response.ok) return null
    const said: unknown = await response.json().catch(() => null)
    return { status: response.status, message: textOf(said, 'message'), code: textOf(said, 'code') }
  } catch {
    return { status: 0 }
  }
}

function textOf(said: unknown, key: string): string | undefined {
  const value = fieldOf(said, key)
  return typeof value === 'string' ? value : undefined
}
