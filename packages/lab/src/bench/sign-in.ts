import { randomBytes } from 'node:crypto'
import { BenchError } from './measurement.ts'

/**
 * Sets up the first administrator with the token of the one-time link and signs in as a browser does; answers the
 * Cookie header of the session. @throws BenchError
 */
export async function signIn(server: string, setupToken: string): Promise<string> {
  const email = 'bench@slashzero.invalid'
  const password = randomBytes(18).toString('base64url')
  await post(server, '/trpc/setup.createAdministrator', { token: setupToken, name: 'Bench', email, password })
  const response = await post(server, '/api/auth/sign-in/email', { email, password })
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ')
}

async function post(server: string, path: string, body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json', origin: new URL(server).origin }
  const response = await fetch(new URL(path, server), { method: 'POST', headers, body: JSON.stringify(body) })
  if (!response.ok)
    throw new BenchError(`The server answered ${response.status} to ${path}: ${(await response.text()).slice(0, 300)}`)
  return response
}
