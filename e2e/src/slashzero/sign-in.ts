import type { BrowserContext } from '@playwright/test'
import type { Slashzero } from './start.ts'

export const administrator = { name: 'Ada Lovelace', email: 'ada@example.com', password: 'correct horse battery staple' }

/** Makes the first administrator and signs a browser in, without the pages that one story is about. */
export async function signIn(context: BrowserContext, { url, setupLink }: Slashzero): Promise<void> {
  const token = new URL(setupLink).searchParams.get('token')
  const headers = { origin: url }
  const created = await context.request.post(`${url}/trpc/setup.createAdministrator`, {
    headers,
    data: { ...administrator, token },
  })
  if (!created.ok()) throw new Error(`The administrator was refused: ${await created.text()}`)
  const { email, password } = administrator
  const signedIn = await context.request.post(`${url}/api/auth/sign-in/email`, { headers, data: { email, password } })
  if (!signedIn.ok()) throw new Error(`The sign-in was refused: ${await signedIn.text()}`)
}
