import { expect, test } from 'vitest'
import { readEnv } from './env.ts'

const least = { DATABASE_URL: 'postgresql://u:p@h/d', SLASHZERO_SECRET: 'x'.repeat(32) }

test('what is not said has its default', () => {
  expect(readEnv(least)).toEqual({
    databaseUrl: 'postgresql://u:p@h/d',
    port: 3000,
    host: '::',
    secret: 'x'.repeat(32),
    roles: ['web', 'ingest', 'worker'],
    dev: false,
    trustProxy: false,
    logLevel: 'info',
  })
})

test('roles and flags are read', () => {
  expect(readEnv({ ...least, SLASHZERO_ROLES: 'ingest, worker', SLASHZERO_TRUST_PROXY: '1', PORT: '0' })).toMatchObject(
    {
      roles: ['ingest', 'worker'],
      trustProxy: true,
      port: 0,
    },
  )
})

test('every variable that does not fit is named in one sentence', () => {
  expect(() => readEnv({ PORT: 'http', SLASHZERO_ROLES: 'web,cook', SLASHZERO_SECRET: 'short' })).toThrow(
    /^The environment does not fit: DATABASE_URL \(.+\), PORT \(expected a number\), SLASHZERO_SECRET \(expected at least 32 characters\), SLASHZERO_ROLES \(.+\)\.$/,
  )
})
