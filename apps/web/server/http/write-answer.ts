import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Answer } from '@slashzero/api'

/** Writes an answer. A HEAD request gets only the headers. A streamed body waits for a slow reader. */
export async function writeAnswer(response: ServerResponse, answer: Answer, method: string | undefined): Promise<void> {
  if (typeof answer.body === 'string') {
    response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) })
    response.end(method === 'HEAD' ? undefined : answer.body)
    return
  }
  response.writeHead(answer.status, answer.headers)
  if (method === 'HEAD') response.end()
  else await pipeline(Readable.from(answer.body, { objectMode: false }), response)
}

/** 303: the client continues at `location` with GET. */
export function redirectTo(location: string): Answer {
  return { status: 303, headers: { location, 'cache-control': 'no-store' }, body: '' }
}
