import type { Database } from '@slashzero/db'
import { betterAuth } from 'better-auth'
import { prismaAdapter } from 'better-auth/adapters/prisma'
import type { Logger } from 'pino'

/** Set by this server alone, from the connection or the trusted proxy: what failed sign-ins are counted by. */
export const SOURCE_HEADER = 'x-slashzero-source'

/**
 * Sign-in with e-mail and password; nobody can sign up by themselves. A person may reach the server under any host
 * name, so no base URL is set and a request is trusted when its Origin is its own Host.
 * @param secure cookies are marked Secure and named `__Secure-…`; for requests that came by https
 */
export function createAuth({
  db,
  secret,
  secure,
  log,
}: {
  db: Database
  secret: string
  secure: boolean
  log: Logger
}) {
  return betterAuth({
    appName: 'Slashzero',
    secret,
    database: prismaAdapter(db.prisma, { provider: 'postgresql' }),
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 12, maxPasswordLength: 128 },
    trustedOrigins: (request) => {
      const host = request?.headers.get('host')
      return host ? [`http://${host}`, `https://${host}`] : []
    },
    rateLimit: { enabled: true, customRules: { '/sign-in/email': { window: 60, max: 20 } } },
    advanced: {
      cookiePrefix: 'slashzero',
      useSecureCookies: secure,
      ipAddress: { ipAddressHeaders: [SOURCE_HEADER] },
      disableCSRFCheck: false,
      disableOriginCheck: false,
    },
    telemetry: { enabled: false },
    logger: {
      // That no base URL is set is on purpose, and said at every start.
      log: (level, message) => !message.includes('Base URL is not set') && log[level]({}, message),
    },
  })
}

export type Auth = ReturnType<typeof createAuth>
