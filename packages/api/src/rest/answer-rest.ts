import { createHash } from 'node:crypto'
import { bearerToken } from '@slashzero/contract/report'
import {
  hypervisorDetailResource,
  hypervisorResource,
  page,
  pageQuery,
  vmDetailResource,
  vmResource,
  vmsQuery,
} from '@slashzero/contract/rest'
import {
  authenticateApiToken,
  getHypervisor,
  getVm,
  listHypervisors,
  listVmResources,
  ServiceError,
  type ServiceContext,
} from '@slashzero/services'
import { json, methodNotAllowed, problemOf, type Answer } from '../http/answer.ts'
import { parseQuery } from '../http/parse-query.ts'
import { openApiDocument } from './open-api-document.ts'

export type RestRequest = {
  readonly method: string
  /** Path and query, beginning with `/api/v1/`. */
  readonly url: URL
  readonly authorization: string | undefined
}

/** Answers `/api/v1`. A client without a valid token learns nothing, not even which paths exist. */
export async function answerRest(context: ServiceContext, request: RestRequest): Promise<Answer> {
  try {
    const token = bearerToken(request.authorization)
    if (token === null) throw new ServiceError('unauthenticated', 'Send an API token as "Authorization: Bearer …".')
    const actor = await authenticateApiToken(context, { token })
    const route = findRoute(request.url.pathname)
    if (!route) throw new ServiceError('not-found', `There is nothing at ${request.url.pathname}.`)
    if (request.method !== 'GET' && request.method !== 'HEAD') return methodNotAllowed(request.method, 'GET, HEAD')
    return withTag(json(200, await route.read({ ...context, actor }, route.id, request.url.searchParams)))
  } catch (error) {
    return problemOf(error, context.log)
  }
}

/** A program that asks again gets 304 instead of an equal body. The tag is weak, because the body may be compressed. */
function withTag(answer: Answer & { readonly body: string }): Answer {
  const hash = createHash('sha256').update(answer.body).digest('base64url').slice(0, 22)
  return { ...answer, headers: { ...answer.headers, 'cache-control': 'private, no-cache', etag: `W/"${hash}"` } }
}

type Read = (context: ServiceContext, id: string, query: URLSearchParams) => Promise<unknown>

const routes: readonly { readonly path: RegExp; readonly read: Read }[] = [
  {
    path: /^\/api\/v1\/hypervisors$/,
    read: async (context, _id, query) =>
      page(hypervisorResource).parse(await listHypervisors(context, parseQuery(pageQuery.strict(), query))),
  },
  {
    path: /^\/api\/v1\/hypervisors\/([^/]+)$/,
    read: async (context, id) => hypervisorDetailResource.parse(await getHypervisor(context, { id })),
  },
  {
    path: /^\/api\/v1\/vms$/,
    read: async (context, _id, query) =>
      page(vmResource).parse(await listVmResources(context, parseQuery(vmsQuery.strict(), query))),
  },
  {
    path: /^\/api\/v1\/vms\/([^/]+)$/,
    read: async (context, id) => vmDetailResource.parse(await getVm(context, { id })),
  },
  { path: /^\/api\/v1\/openapi\.json$/, read: async () => openApiDocument() },
]

function findRoute(path: string) {
  for (const { path: pattern, read } of routes) {
    const match = pattern.exec(path)
    if (match) return { read, id: match[1] ?? '' }
  }
  return null
}
