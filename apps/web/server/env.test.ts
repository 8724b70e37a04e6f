import { expect, test } from 'vitest'
import { readEnv } from './env.ts'

const required = { DATABASE_URL: 'postgresql://u:p@h/d', SLASHZERO_SECRET: 'x'.repeat(32) }

test('a variable that is not set has its default', () => {
  expect(readEnv(required)).toEqual({
    databaseUrl: 'postgresql://u:p@h/d',
    port: 3000,
    host: '::',
    secret: 'x'.repeat(32),
    roles: ['web', 'ingest', 'worker'],
    dev: false,
    trustProxy: { hops: 0 },
    logLevel: 'info',
  })
})

test('roles and flags are read', () => {
  expect(
    readEnv({ ...required, SLASHZERO_ROLES: 'ingest, worker', SLASHZERO_TRUST_PROXY: '1', PORT: '0' }),
  ).toMatchObject({
    roles: ['ingest', 'worker'],
    trustProxy: { hops: 1 },
    port: 0,
  })
})

test('every wrong variable is named with its fix, and a secret is not shown', () => {
  const wrong = {
    DATABASE_URL: 'mysql://u:p@h/d',
    PORT: 'http',
    SLASHZERO_ROLES: 'cook,web,maid',
    LOG_LEVEL: '',
    SLASHZERO_TRUST_PROXY: '10.0.0.0/33',
  }
  expect(() => readEnv(wrong)).toThrow(
    new Error(
      [
        'DATABASE_URL is not valid: set DATABASE_URL to a URL like postgresql://USER:PASSWORD@HOST/DATABASE.',
        'PORT is "http": set PORT to a number from 0 to 65535.',
        'SLASHZERO_ROLES is "cook,web,maid": set SLASHZERO_ROLES to a list of web, ingest, worker.',
        'SLASHZERO_SECRET is not set: set SLASHZERO_SECRET to at least 32 random characters, the same in every process with the role web.',
        'SLASHZERO_TRUST_PROXY is "10.0.0.0/33": set SLASHZERO_TRUST_PROXY to false, a number of proxies up to 9, or a list of addresses and networks such as 127.0.0.1,10.0.0.0/8.',
        'LOG_LEVEL is "": set LOG_LEVEL to one of trace, debug, info, warn, error, fatal.',
      ].join('\n'),
    ),
  )
})
