import { gzipSync } from 'node:zlib'
import { enrolResponse } from '@slashzero/contract/report'
import { openTestDatabase, type TestDatabase } from '@slashzero/db/testing'
import { createEnrolmentToken, createSetupLink, type ServiceContext } from '@slashzero/services'
import { readEnv } from '../env.ts'
import { createLog } from '../log.ts'
import { startServer } from '../start-server.ts'
import { openProxy } from './open-proxy.ts'

export const administrator = { name: 'Ada', email: 'ada@example.com', password: 'correct horse battery' }

/**
 * The whole server on its own port over a fresh database. A page is the text of the request that Next would get.
 * @param variables additional environment variables
 */
export async function startTestServer(variables: Readonly<Record<string, string>> = {}) {
  const db: TestDatabase = await openTestDatabase()
  const proxy = await openProxy(db.url)
  const env = readEnv({
    DATABASE_URL: proxy.url,
    SLASHZERO_SECRET: 'a secret of the tests, 32 or more',
    PORT: '0',
    HOST: '127.0.0.1',
    ...variables,
  })
  const logged: string[] = []
  const log = createLog('debug', { write: (line) => logged.push(line) })
  const server = await startServer(env, log, async () => ({
    answer: async (request, response) => void response.end(`page ${request.url}`),
    close: async () => undefined,
  }))
  const url = `http://127.0.0.1:${server.port}`
  const system: ServiceContext = { db, now: Date.now, actor: { kind: 'system' }, log }
  const ask = (path: string, init: RequestInit = {}) => fetch(url + path, { redirect: 'manual', ...init })

  return {
    url,
    system,
    logged,
    ask,
    /** Enrols a host; resolves to its credential and id. */
    async enrol(hostId: string) {
      const { token } = await createEnrolmentToken(system, { name: 'test', uses: 1, demo: false, expiresInHours: 1 })
      const response = await ask('/ingest/v1/enrol', {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ host: { id: hostId, name: `name of ${hostId}` } }),
      })
      const { credential, hypervisorId } = enrolResponse.parse(await response.json())
      return { token, credential, hypervisorId, status: response.status }
    },
    /** Sends any body to the ingest as gzip. */
    report: (credential: string, body: unknown, headers: Record<string, string> = {}) =>
      ask('/ingest/v1/reports', {
        method: 'POST',
        headers: {
          authorization: `Bearer ${credential}`,
          'content-type': 'application/json',
          'content-encoding': 'gzip',
          ...headers,
        },
        body: body instanceof Uint8Array ? new Uint8Array(body) : new Uint8Array(gzipSync(JSON.stringify(body))),
      }),
    /** Sets up the first administrator and signs in; resolves to the Cookie header. */
    async signIn() {
      const link = await createSetupLink(system)
      if (link) await ask('/trpc/setup.createAdministrator', sameOrigin(url, { ...administrator, token: link.token }))
      const { email, password } = administrator
      const response = await ask('/api/auth/sign-in/email', sameOrigin(url, { email, password }))
      return cookiesOf(response)
    },
    /** Takes the database away from the server. */
    cutDatabase: () => proxy.cut(),
    async stop() {
      await server.stop()
      proxy.cut()
      await db.close()
    },
  }
}

/** A POST of JSON as a page of this server sends it. */
export function sameOrigin(url: string, body: object, headers: Record<string, string> = {}): RequestInit {
  const all = { origin: url, 'content-type': 'application/json', ...headers }
  return { method: 'POST', headers: all, body: JSON.stringify(body) }
}

/** The Cookie header that a browser sends back. */
export function cookiesOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ')
}
