export const TRPC_URL = '/trpc'

/** What the server says about a failed call; null if the server could not be reached. */
type Refusal = { readonly httpStatus: number; readonly errors: unknown } | null

/** A call that did not succeed. */
export class CallError extends Error {
  readonly refusal: Refusal
  constructor(message: string, refusal: Refusal) {
    super(message)
    this.refusal = refusal
  }
}

/** Calls a procedure of the API: `fleet.summary`. Throws CallError. */
export async function call(
  type: 'query' | 'mutation',
  path: string,
  input: unknown,
  signal?: AbortSignal,
): Promise<unknown> {
  const body = input === undefined ? undefined : JSON.stringify(input)
  const response = await (type === 'query'
    ? send(`${path}${body === undefined ? '' : `?input=${encodeURIComponent(body)}`}`, { ...(signal && { signal }) })
    : send(path, { method: 'POST', headers: { 'content-type': 'application/json' }, ...(body && { body }) }))
  const answer = await readJson(response)
  if (response.ok) return fieldOf(fieldOf(answer, 'result'), 'data')
  const error = fieldOf(answer, 'error')
  const message = fieldOf(error, 'message')
  throw new CallError(typeof message === 'string' ? message : `The server answered ${response.status}.`, {
    httpStatus: response.status,
    errors: fieldOf(fieldOf(error, 'data'), 'errors'),
  })
}

async function send(path: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(`${TRPC_URL}/${path}`, request)
  } catch (error) {
    if (request.signal?.aborted === true) throw error
    throw new CallError('The server cannot be reached.', null)
  }
}

/** A proxy whose server is away answers with a page of its own. */
async function readJson(response: Response): Promise<unknown> {
  const text = await response.text()
  try {
    return JSON.parse(text)
  } catch {
    throw new CallError('The response did not come from a Slashzero server.', null)
  }
}

/** A field of an object; undefined for any other value. */
export function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(field) : undefined
}
