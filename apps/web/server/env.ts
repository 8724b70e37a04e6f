import { z } from 'zod'

const roles = ['web', 'ingest', 'worker'] as const
const flag = z.stringbool().default(false)

const schema = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'expected a postgresql:// URL' }),
  PORT: z.coerce.number({ error: 'expected a number' }).int().min(0).max(65_535).default(3000),
  HOST: z.string().min(1).default('::'),
  SLASHZERO_SECRET: z
    .string({ error: 'expected 32 random characters or more' })
    .min(32, 'expected at least 32 characters'),
  SLASHZERO_ROLES: z
    .string()
    .default(roles.join(','))
    .transform((list) => list.split(',').map((role) => role.trim()))
    .pipe(z.array(z.enum(roles)).min(1)),
  SLASHZERO_DEV: flag,
  SLASHZERO_TRUST_PROXY: flag,
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
})

/** What the server is told by its environment. */
export type Env = {
  readonly databaseUrl: string
  /** 0 = a free one. */
  readonly port: number
  readonly host: string
  /** Signs session cookies. */
  readonly secret: string
  readonly roles: readonly (typeof roles)[number][]
  /** Pages are compiled as they change. */
  readonly dev: boolean
  /** Whether X-Forwarded-Proto, -Host and -For are a proxy's word rather than a stranger's. */
  readonly trustProxy: boolean
  readonly logLevel: z.output<typeof schema>['LOG_LEVEL']
}

/** Reads the environment. Throws a one-sentence error that names every variable that does not fit. */
export function readEnv(variables: Readonly<Record<string, string | undefined>>): Env {
  const result = schema.safeParse(variables)
  if (!result.success) {
    const faults = result.error.issues.map(({ path, message }) => `${path.slice(0, 1).join()} (${message})`)
    throw new Error(`The environment does not fit: ${faults.join(', ')}.`)
  }
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
