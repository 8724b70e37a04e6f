import { z } from 'zod'
import { parseTrustProxy } from './http/trust-proxy.ts'

/** One environment variable. The server's check, `slashzero start --help` and docs/operate.md are derived from it. */
export type Setting = {
  /** Judges the text of the variable, or the default. */
  readonly schema: z.ZodType
  /** What the text should be, as an error says it. */
  readonly expected: string
  /** As a person would set the variable. Null if there is no such text; `otherwise` then says what holds. */
  readonly default: string | null
  readonly otherwise?: string
  readonly help: string
  /** An error does not show the text. */
  readonly secret?: true
}

const ROLES = ['web', 'ingest', 'worker'] as const
/** The data folder of root. */
export const ROOT_DATA_FOLDER = '/var/lib/slashzero'
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const

/** Every environment variable of the server and of `slashzero start`, once. */
export const SETTINGS = {
  DATABASE_URL: {
    schema: z.url({ protocol: /^postgres(ql)?$/ }),
    expected: 'a URL like postgresql://USER:PASSWORD@HOST/DATABASE',
    default: null,
    otherwise: 'a PostgreSQL 18 in the data folder',
    help: 'The PostgreSQL database, version 15 or later.',
    secret: true,
  },
  HOST: {
    schema: z.string().min(1),
    expected: 'an address of this machine, or :: for all addresses',
    default: '::',
    help: 'The address on which the server listens; :: means all addresses.',
  },
  PORT: {
    schema: z.string().regex(/^\d+$/).transform(Number).pipe(z.number().max(65_535)),
    expected: 'a number from 0 to 65535',
    default: '3000',
    help: 'The port of pages, API and ingest; 0 means any free port. `--port` takes precedence.',
  },
  SLASHZERO_DATA_DIR: {
    schema: z.string().optional(),
    expected: 'the path of a folder',
    default: null,
    otherwise: `${ROOT_DATA_FOLDER} for root, slashzero in $XDG_STATE_HOME or ~/.local/state for other users`,
    help: 'The data folder: embedded PostgreSQL, secret, log.',
  },
  SLASHZERO_ROLES: {
    schema: z
      .string()
      .transform((list) => list.split(',').map((role) => role.trim()))
      .pipe(z.array(z.enum(ROLES)).min(1)),
    expected: `a list of ${ROLES.join(', ')}`,
    default: ROLES.join(','),
    help: 'What this process does: pages and API (web), reports (ingest), silent collectors and history (worker).',
  },
  SLASHZERO_SECRET: {
    schema: z.string().min(32),
    expected: 'at least 32 random characters, the same in every process with the role web',
    default: null,
    otherwise: 'the file `secret` of the data folder, made at the first start',
    help: 'The key that signs session cookies: at least 32 random characters, the same in every process.',
    secret: true,
  },
  SLASHZERO_TRUST_PROXY: {
    schema: z.string().transform((text, context) => {
      const trust = parseTrustProxy(text)
      if (trust === null) context.addIssue('expected false, a number or networks')
      return trust ?? z.NEVER
    }),
    expected: 'false, a number of proxies up to 9, or a list of addresses and networks such as 127.0.0.1,10.0.0.0/8',
    default: 'false',
    help:
      'The proxies whose X-Forwarded-Proto, -Host and -For count: how many stand before the server (true means 1), ' +
      'or their addresses and networks, such as 127.0.0.1,10.0.0.0/8.',
  },
  LOG_LEVEL: {
    schema: z.enum(LEVELS),
    expected: `one of ${LEVELS.join(', ')}`,
    default: 'info',
    help: `The least severe lines of the log: ${LEVELS.join(', ')}.`,
  },
  SLASHZERO_DEV: {
    schema: z.stringbool(),
    expected: 'true or false',
    default: 'false',
    help: 'Compiles the pages as they change. `slashzero dev` sets true.',
  },
  SLASHZERO_DEBUG: {
    schema: z.string().optional(),
    expected: 'any text',
    default: null,
    otherwise: 'off',
    help: 'With any value, an unexpected error of a command shows its stack.',
  },
} as const satisfies Record<string, Setting>

/** Every setting with its default in words, in the order of the table. */
export function listSettings(): { name: string; default: string; help: string }[] {
  return Object.entries<Setting>(SETTINGS).map(([name, { otherwise, default: text, help }]) => ({
    name,
    default: otherwise ?? text ?? 'none',
    help,
  }))
}
