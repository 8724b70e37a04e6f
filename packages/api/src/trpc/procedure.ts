import { initTRPC, TRPCError } from '@trpc/server'
import type { Change } from '@slashzero/contract'
import type { ServiceContext } from '@slashzero/services'
import { ZodError } from 'zod'
import type { DemoLoader } from '../demo/demo-loader.ts'
import { describeError, type ErrorDescription } from '../error/describe-error.ts'
import { fieldErrors } from '../error/field-errors.ts'

/** What every procedure is given: who asks, and what the composition root provides. */
export type ApiContext = {
  readonly service: ServiceContext
  readonly demoLoader: DemoLoader
  /** Changes from now on, until the signal aborts. */
  readonly changes: (signal: AbortSignal) => AsyncIterable<Change>
}

const trpc = initTRPC.context<ApiContext>().create({
  isDev: false,
  sse: { ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 45_000 } },
  errorFormatter: ({ shape, error }) => ({
    ...shape,
    data: {
      ...shape.data,
      /** The refused fields by JSON Pointer; empty where no field is to blame. */
      errors: error.cause instanceof ZodError ? fieldErrors(error.cause.issues) : (refusedFields(error) ?? []),
    },
  }),
})

export const router = trpc.router

/** Open to everyone; the verb asks for whatever it needs, such as a one-time token. */
export const publicProcedure = trpc.procedure.use(async ({ ctx, next }) => {
  const result = await next()
  if (result.ok || isRefusedByTrpc(result.error)) return result
  throw toTrpcError(describeError(result.error.cause ?? result.error, ctx.service.log))
})

/** Open to people who have signed in. Who may do what is the verb's own decision. */
export const procedure = publicProcedure.use(({ ctx, next }) => {
  if (ctx.service.actor.kind !== 'user') throw new TRPCError({ code: 'UNAUTHORIZED', message: 'Sign in first.' })
  return next()
})

/** The input did not fit its schema, or the procedure itself refused: the message is meant for the client. */
function isRefusedByTrpc(error: TRPCError): boolean {
  return error.code !== 'INTERNAL_SERVER_ERROR'
}

class DescribedError extends Error {
  readonly description: ErrorDescription
  constructor(description: ErrorDescription) {
    super(description.detail)
    this.description = description
  }
}

function refusedFields(error: TRPCError) {
  return error.cause instanceof DescribedError ? error.cause.description.errors : undefined
}

function toTrpcError(description: ErrorDescription): TRPCError {
  return new TRPCError({
    code: trpcCodeOf(description.code),
    message: description.detail,
    cause: new DescribedError(description),
  })
}

function trpcCodeOf(code: ErrorDescription['code']): TRPCError['code'] {
  switch (code) {
    case 'unauthenticated':
      return 'UNAUTHORIZED'
    case 'forbidden':
      return 'FORBIDDEN'
    case 'not-found':
      return 'NOT_FOUND'
    case 'conflict':
      return 'CONFLICT'
    case 'too-large':
      return 'PAYLOAD_TOO_LARGE'
    case 'invalid':
      return 'UNPROCESSABLE_CONTENT'
    case 'unavailable':
      return 'SERVICE_UNAVAILABLE'
    case 'unexpected':
      return 'INTERNAL_SERVER_ERROR'
  }
}
