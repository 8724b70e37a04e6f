import type { BrowserContext } from '@playwright/test'
import type { Slashzero } from './start.ts'

export const administrator = {
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  password: 'correct horse battery staple',
}

/** Uses the one-time link without its page, which one story is about. */
export async function createAdministrator({ url, setupLink }: Slashzero): Promise<void> {
  const token = new URL(setupLink).searchParams.get('token')
  const response = await fetch(`${url}/trpc/setup.createAdministrator`, {
    method: 'POST',
    headers: { origin: url, 'content-type': 'application/json' },
    body: JSON.stringify({ ...administrator, token }),
  })
  if (!response.ok) throw new Error(`The administrator was refused: ${await response.text()}`)
}

/** Gives a browser the administrator's session. */
export async function signIn(context: BrowserContext, { url }: Slashzero): Promise<void> {
  const { email, password } = administrator
  const data = { email, password }
  const response = await context.request.post(`${url}/api/auth/sign-in/email`, { headers: { origin: url }, data })
  if (!response.ok()) throw new Error(`The sign-in was refused: ${await response.text()}`)
}
