import { z } from 'zod'
import { visibleText } from '../report/text.ts'
import { API_TOKEN_DAYS, MAX_ID_CHARACTERS, PASSWORD_LENGTH } from './choices.ts'

const instant = z.iso.datetime()
const id = z.string().min(1).max(MAX_ID_CHARACTERS)
const name = visibleText(100).pipe(z.string().min(1))

/** Names one thing that a verb acts on. */
export const byId = z.object({ id })

/** What a token may do. */
export const scope = z.enum(['read'])

/** An enrolment token lets `uses` hosts exchange it for a credential until it expires. */
export const enrolmentTokenRequest = z.object({
  name,
  uses: z.int().min(1).max(100_000).default(1),
  /** Hypervisors that enrol with it are marked as demo data. */
  demo: z.boolean().default(false),
  expiresInHours: z.int().min(1).max(8760).default(24),
})
/** `createdAt`: the server's clock. Hypervisors that enrol later may have used the token. */
export const enrolmentToken = z.object({ token: z.string(), createdAt: instant })

export const apiTokenRequest = z.object({
  name,
  scopes: z.array(scope).min(1).default(['read']),
  expiresInDays: z.int().min(1).max(API_TOKEN_DAYS.max).default(API_TOKEN_DAYS.default),
})
/** The token itself is shown only once, because the server keeps only its hash. */
export const apiTokenCreated = z.object({ id: z.string(), token: z.string(), expiresAt: instant })
export const apiToken = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(scope),
  createdAt: instant,
  expiresAt: instant,
  lastUsedAt: instant.nullable(),
  revokedAt: instant.nullable(),
})

/**
 * A guest pushes its own routes with the token of its VM. The token itself is shown only once; the server keeps its
 * hash.
 */
export const vmTokenCreated = z.object({ id: z.string(), token: z.string() })
export const vmToken = z.object({
  id: z.string(),
  createdAt: instant,
  lastUsedAt: instant.nullable(),
  revokedAt: instant.nullable(),
})

export const setupState = z.object({ administratorExists: z.boolean() })
/** `token` comes from the one-time link that the server shows to its operator. */
export const administratorRequest = z.object({
  token: z.string().min(1).max(200),
  name,
  email: z.email().max(255).toLowerCase(),
  password: z
    .string()
    .min(PASSWORD_LENGTH.min, `expected at least ${PASSWORD_LENGTH.min} characters`)
    .max(PASSWORD_LENGTH.max),
})
export const administrator = z.object({ userId: z.string() })

export const demoStatus = z.object({
  state: z.enum(['absent', 'loading', 'present', 'failed']),
  /** The finished share of the load, 0 to 1; null if no load is under way. */
  progress: z.number().min(0).max(1).nullable(),
  error: z.string().nullable(),
  /** The hypervisors of the demo fleet, and whether none of them reports any more. */
  hypervisors: z.int().nonnegative(),
  isSilent: z.boolean(),
})
export const demoRemoved = z.object({ hypervisors: z.int().nonnegative() })

export type Scope = z.output<typeof scope>
export type EnrolmentTokenRequest = z.output<typeof enrolmentTokenRequest>
export type EnrolmentToken = z.output<typeof enrolmentToken>
export type ApiTokenRequest = z.output<typeof apiTokenRequest>
export type ApiTokenCreated = z.output<typeof apiTokenCreated>
export type ApiToken = z.output<typeof apiToken>
export type VmTokenCreated = z.output<typeof vmTokenCreated>
export type VmToken = z.output<typeof vmToken>
export type SetupState = z.output<typeof setupState>
export type AdministratorRequest = z.output<typeof administratorRequest>
export type Administrator = z.output<typeof administrator>
export type DemoStatus = z.output<typeof demoStatus>
export type DemoRemoved = z.output<typeof demoRemoved>
