import { STATUS_CODES } from 'node:http'
import type { Problem } from '@slashzero/contract/report'
import type { FieldError, Logger } from '@slashzero/services'
import { describeError } from '../error/describe-error.ts'
import { statuses } from '../error/statuses.ts'

/** An answer to a client, independent of the socket. */
export type Answer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | AsyncIterable<string | Uint8Array>
}

/** A JSON body that no cache may store. */
export function json(status: number, body: unknown): Answer & { readonly body: string } {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  }
}

/** A line of text that no cache may store. */
export function line(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', ...headers },
    body: `${text}\n`,
  }
}

/**
 * An RFC 9457 problem. If its `type` is `about:blank`, the status names the kind, and `detail` and `errors` the rest.
 * @param headers further headers, such as Retry-After (seconds) or Allow
 */
export function problem(
  status: number,
  detail: string,
  {
    type = 'about:blank',
    errors,
    headers,
  }: {
    type?: string
    errors?: readonly FieldError[] | undefined
    headers?: Readonly<Record<string, string>>
  } = {},
): Answer {
  const body: Problem = {
    type,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    ...(errors && { errors: [...errors] }),
  }
  return {
    status,
    headers: { 'content-type': 'application/problem+json; charset=utf-8', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  }
}

/** The problem that describes an error to a client. */
export function problemOf(error: unknown, log: Logger): Answer {
  const { code, detail, errors } = describeError(error, log)
  return problem(statuses[code].http, detail, { errors, headers: HEADERS[code] ?? {} })
}

const HEADERS: Partial<Record<keyof typeof statuses, Record<string, string>>> = {
  unauthenticated: { 'www-authenticate': 'Bearer' },
  unavailable: { 'retry-after': '5' },
}

/** 405 with the allowed methods. */
export function methodNotAllowed(method: string, allow: string): Answer {
  return problem(405, `${method} is not allowed here; allowed is ${allow}.`, { headers: { allow } })
}
