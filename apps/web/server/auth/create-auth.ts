import { PASSWORD_LENGTH } from '@slashzero/contract/page'
import type { Database } from '@slashzero/db'
import { betterAuth } from 'better-auth'
import { prismaAdapter } from 'better-auth/adapters/prisma'
import type { Logger } from 'pino'

/** The library counts requests by this header. Only this server sets it, from the connection or the trusted proxy. */
export const SOURCE_HEADER = 'x-slashzero-source'

/**
 * Sign-in with e-mail and password, without sign-up. A request is trusted when its Origin equals its Host, because
 * people may use any host name. `secure`: marks cookies Secure and names them `__Secure-…`, for https.
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
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_LENGTH.min,
      maxPasswordLength: PASSWORD_LENGTH.max,
    },
    trustedOrigins: (request) => {
      const host = request?.headers.get('host')
      return host ? [`http://${host}`, `https://${host}`] : []
    },
    // The library counts right passwords too; `limitGuesses` counts only wrong ones, by account and by network.
    rateLimit: { enabled: true, customRules: { '/sign-in/email': false, '/change-password': false } },
    advanced: {
      cookiePrefix: 'slashzero',
      useSecureCookies: secure,
      ipAddress: { ipAddressHeaders: [SOURCE_HEADER] },
      disableCSRFCheck: false,
      disableOriginCheck: false,
    },
    telemetry: { enabled: false },
    logger: {
      // The base URL is absent on purpose; the library would warn at every start.
      log: (level, message) => !message.includes('Base URL is not set') && log[level]({}, message),
    },
  })
}

export type Auth = ReturnType<typeof createAuth>
