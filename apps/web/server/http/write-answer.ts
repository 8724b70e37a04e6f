import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Answer } from '@slashzero/api'
import { chooseEncoding, compress, compressStream, isCompressible } from './compress.ts'

/**
 * Writes an answer, compressed if the client accepts that. A streamed body waits for a slow reader. A HEAD request gets
 * only the headers, and a client that has the body already, by its ETag, gets 304.
 */
export async function writeAnswer(response: ServerResponse, answer: Answer, method: string | undefined): Promise<void> {
  const { headers } = response.req
  const { body } = answer
  const encoding = mayCompress(answer, method) ? chooseEncoding(headers['accept-encoding']) : null
  if (mayCompress(answer, method)) response.setHeader('vary', 'accept-encoding')
  if (typeof body !== 'string') return writeStream(response, { ...answer, body }, method, encoding !== null)
  if (isKnown(headers, answer)) {
    response.writeHead(304, { etag: answer.headers['etag'], 'cache-control': answer.headers['cache-control'] })
    response.end()
    return
  }
  const compressed = encoding && (await compress(body, encoding))
  if (compressed && encoding) response.setHeader('content-encoding', encoding)
  const length = compressed?.length ?? Buffer.byteLength(body)
  response.writeHead(answer.status, { ...answer.headers, 'content-length': length })
  response.end(method === 'HEAD' ? undefined : (compressed ?? body))
}

/** The answer to a POST may hold a secret, whose length compression would tell. */
function mayCompress({ headers }: Answer, method: string | undefined): boolean {
  return (method === 'GET' || method === 'HEAD') && isCompressible(headers['content-type'])
}

function isKnown(asked: IncomingMessage['headers'], { status, headers }: Answer): boolean {
  const tag = headers['etag']
  if (tag === undefined || status !== 200) return false
  const known = asked['if-none-match']?.split(',').map((one) => one.trim().replace(/^W\//, ''))
  return known?.includes(tag.replace(/^W\//, '')) === true
}

async function writeStream(
  response: ServerResponse,
  { status, headers, body }: Answer & { readonly body: AsyncIterable<string | Uint8Array> },
  method: string | undefined,
  isCompressed: boolean,
): Promise<void> {
  if (isCompressed) response.setHeader('content-encoding', 'gzip')
  response.writeHead(status, headers)
  const source = Readable.from(body, { objectMode: false })
  if (method === 'HEAD') {
    source.destroy()
    response.end()
  } else if (isCompressed) await pipeline(source, compressStream(), response)
  else await pipeline(source, response)
}

/** 303: the client continues at `location` with GET. */
export function redirectTo(location: string): Answer {
  return { status: 303, headers: { location, 'cache-control': 'no-store' }, body: '' }
}
