import { startTestServer } from './database.ts'

/** Vitest's global set-up: one PostgreSQL for the whole run, found by the test files in TEST_DATABASE_URL. */
export default async function setup(): Promise<() => Promise<void>> {
  const server = await startTestServer()
  process.env['TEST_DATABASE_URL'] = server.url
  return () => server.stop()
}
