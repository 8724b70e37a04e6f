import { createTemplate, startTestServer } from './database.ts'

/** Vitest's global set-up: one PostgreSQL and one migrated template, which test files find in the environment. */
export default async function setup(): Promise<() => Promise<void>> {
  const server = await startTestServer()
  process.env['TEST_DATABASE_URL'] = server.url
  const template = await createTemplate(server.url)
  process.env['TEST_DATABASE_TEMPLATE'] = template.name
  return async () => {
    await template.drop()
    await server.stop()
  }
}
