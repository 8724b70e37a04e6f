import { z } from 'zod'
import { SETTINGS, type Setting } from './settings.ts'

type Name = keyof typeof SETTINGS
type Schemas = { [N in Name]: (typeof SETTINGS)[N]['schema'] }
type Variables = Readonly<Record<string, string | undefined>>

const ENTRIES = Object.entries<Setting>(SETTINGS)
const schemas: object = Object.fromEntries(ENTRIES.map(([name, { schema }]) => [name, schema]))
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `fromEntries` keeps every schema and forgets its type
const environment = z.object(schemas as Schemas)

/** The settings of the server, in the names of the code. */
export type Env = ReturnType<typeof readEnv>

/** Reads the environment. Throws an error with one line for each variable that is wrong. */
export function readEnv(variables: Variables) {
  const texts = ENTRIES.map(([name, setting]) => [name, variables[name] ?? setting.default ?? undefined])
  const result = environment.safeParse(Object.fromEntries(texts))
  if (!result.success) throw new Error(explain(result.error, variables))
  const env = result.data
  return {
    databaseUrl: env.DATABASE_URL,
    port: env.PORT,
    host: env.HOST,
    secret: env.SLASHZERO_SECRET,
    roles: env.SLASHZERO_ROLES,
    dev: env.SLASHZERO_DEV,
    trustProxy: env.SLASHZERO_TRUST_PROXY,
    logLevel: env.LOG_LEVEL,
  }
}

function explain({ issues }: z.ZodError, variables: Variables): string {
  const wrong = ENTRIES.filter(([name]) => issues.some(({ path }) => path[0] === name))
  const lines = wrong.map(([name, { secret, expected }]) => {
    const text = variables[name]
    const state = text === undefined ? 'not set' : secret ? 'not valid' : JSON.stringify(text)
    return `${name} is ${state}: set ${name} to ${expected}.`
  })
  return lines.join('\n')
}
