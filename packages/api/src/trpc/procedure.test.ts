import { ServiceError } from '@slashzero/services'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { procedure, publicProcedure, router, type ApiContext } from './procedure.ts'

const refused = new ServiceError('conflict', 'an administrator exists', [{ pointer: '/token', detail: 'used before' }])
const api = router({
  open: publicProcedure.query(() => 'open'),
  closed: procedure.query(() => 'closed'),
  named: publicProcedure.input(z.object({ name: z.string() })).query(({ input }) => input.name),
  refused: publicProcedure.query(() => Promise.reject(refused)),
  broken: publicProcedure.query(() => Promise.reject(new Error('password of the database'))),
  wrong: publicProcedure.output(z.string().max(3)).query(() => 'secret'),
})

test.each([
  { path: 'open', status: 200, answer: { result: { data: 'open' } } },
  {
    path: 'closed',
    status: 401,
    answer: { error: { message: 'Sign in first.', data: { code: 'UNAUTHORIZED', errors: [] } } },
  },
  {
    path: 'named?input={"name":1}',
    status: 400,
    answer: {
      error: {
        message: '/name: Invalid input: expected string, received number',
        data: { errors: [{ pointer: '/name', detail: 'Invalid input: expected string, received number' }] },
      },
    },
  },
  {
    path: 'refused',
    status: 409,
    answer: {
      error: { message: refused.message, data: { code: 'CONFLICT', httpStatus: 409, errors: refused.errors } },
    },
  },
])('$path is answered with $status', async ({ path, status, answer }) => {
  const { response, body } = await ask(path)
  expect([response.status, JSON.parse(body)]).toMatchObject([status, answer])
})

test.each(['broken', 'wrong'])(
  '%s: an unexpected error says nothing of itself, but where the log names it',
  async (path) => {
    const { response, body, logged } = await ask(path)
    expect(response.status).toBe(500)
    expect(body).not.toMatch(/password|secret|stack|\.ts/)
    const errorId = /under the id ([0-9a-f]{12})/.exec(body)?.[1]
    expect(logged).toEqual([{ errorId, err: expect.any(Error) }])
  },
)

async function ask(path: string) {
  const logged: object[] = []
  const context: ApiContext = {
    service: {
      get db(): never {
        throw new Error('no procedure here needs the database')
      },
      now: () => 0,
      actor: { kind: 'anonymous' },
      log: { info: () => {}, warn: () => {}, error: (fields) => logged.push(fields) },
    },
    demoLoader: { status: () => ({ state: 'idle' }), start: async () => {}, stop: async () => {} },
    watch: async function* watch() {},
  }
  const req = new Request(`http://localhost/trpc/${path}`)
  const response = await fetchRequestHandler({ endpoint: '/trpc', req, router: api, createContext: () => context })
  return { response, body: await response.text(), logged }
}
