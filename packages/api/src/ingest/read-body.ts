import { promisify } from 'node:util'
import { gunzip as gunzipWithCallback, gunzipSync } from 'node:zlib'
import { codeOf, describeTooLarge } from '@slashzero/contract/report'
import { Refusal } from './refusal.ts'

const gunzip = promisify(gunzipWithCallback)

/** Up to these sizes, as sent and inflated, a thread costs more than inflating here. */
const INFLATE_HERE = { sent: 32 * 1024, inflated: 512 * 1024 }

/** A body that brings fewer bytes in such a time, after a first such time, ends. */
const MIN_RATE = { bytes: 4096, milliseconds: 3000 }

/** The maximum of bytes as sent, and of bytes after inflating. */
export type BodyLimits = { readonly sent: number; readonly inflated: number }

export type BodyHeaders = {
  readonly contentType: string | undefined
  readonly contentEncoding: string | undefined
  readonly contentLength: string | undefined
}

/**
 * Reads a body of JSON text, up to the limit. Out: the sent bytes, and a function that inflates them up to the limit.
 * Throws Refusal 415 (type, encoding), 413 (too large), 408 (too slow), 400 (broken off, broken gzip).
 */
export async function readBody(
  headers: BodyHeaders,
  chunks: AsyncIterable<Uint8Array>,
  limits: BodyLimits,
): Promise<{ readonly sent: Uint8Array; readonly unpack: () => Promise<Uint8Array> }> {
  const gzip = isGzip(headers)
  if (Number(headers.contentLength ?? 0) > limits.sent) throw tooLarge(limits)
  const sent = await readSent(chunks, limits)
  return { sent, unpack: async () => (gzip ? inflate(sent, limits) : sent) }
}

/**
 * Reads a body of any type as sent.
 * @throws Refusal 415 (encoding), 413 (too large), 408 (too slow), 400 (broken off)
 */
export async function readPlainBody(
  headers: BodyHeaders,
  chunks: AsyncIterable<Uint8Array>,
  bytes: number,
): Promise<Uint8Array> {
  if ((headers.contentEncoding ?? 'identity').toLowerCase() !== 'identity')
    throw new Refusal(415, 'Send the body with no Content-Encoding.')
  const limits = { sent: bytes, inflated: bytes }
  if (Number(headers.contentLength ?? 0) > bytes) throw tooLarge(limits)
  return readSent(chunks, limits)
}

function isGzip({ contentType, contentEncoding }: BodyHeaders): boolean {
  if (!/^application\/json *(; *charset="?utf-8"? *)?$/i.test(contentType ?? '')) {
    throw new Refusal(415, 'Send the body as Content-Type: application/json, in UTF-8.')
  }
  const encoding = (contentEncoding ?? 'identity').toLowerCase()
  if (encoding !== 'identity' && encoding !== 'gzip') {
    throw new Refusal(415, 'Send the body with Content-Encoding gzip, or with none.', {
      'accept-encoding': 'gzip, identity',
    })
  }
  return encoding === 'gzip'
}

async function readSent(chunks: AsyncIterable<Uint8Array>, limits: BodyLimits): Promise<Uint8Array> {
  const kept: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const chunk of endSlow(chunks)) {
      bytes += chunk.length
      if (bytes > limits.sent) throw tooLarge(limits)
      kept.push(chunk)
    }
  } catch (error) {
    if (error instanceof Refusal) throw error
    throw new Refusal(400, 'The body ended too early; send it again.')
  }
  return Buffer.concat(kept)
}

/** Yields the chunks; throws Refusal 408 below the minimum rate, and then the connection ends too. */
async function* endSlow(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { bytes: min, milliseconds } = MIN_RATE
  const iterator = chunks[Symbol.asyncIterator]()
  const slow = Promise.withResolvers<never>()
  slow.promise.catch(() => undefined)
  let bytes = min // the first time is free
  const timer = setInterval(() => {
    if (bytes < min) slow.reject(new Refusal(408, TOO_SLOW, { connection: 'close' }))
    bytes = 0
  }, milliseconds)
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), slow.promise])
      if (next.done) return
      bytes += next.value.length
      yield next.value
    }
  } finally {
    clearInterval(timer)
    iterator.return?.().catch(() => undefined)
  }
}

const TOO_SLOW =
  `The body came too slowly: after the first ${MIN_RATE.milliseconds / 1000} s a body brings at least ` +
  `${MIN_RATE.bytes} bytes each ${MIN_RATE.milliseconds / 1000} s; send the body again.`

async function inflate(sent: Uint8Array, limits: BodyLimits): Promise<Uint8Array> {
  try {
    return inflateHere(sent, limits) ?? (await gunzip(sent, { maxOutputLength: limits.inflated }))
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      throw new Refusal(413, `The body inflates to more than ${limits.inflated} bytes; send less at a time.`)
    }
    if (code === 'Z_BUF_ERROR') throw new Refusal(400, 'The gzip body is truncated.')
    throw new Refusal(400, 'The body is not valid gzip.')
  }
}

/** Null if a thread should inflate: a small body may inflate to a thousand times its size. */
function inflateHere(sent: Uint8Array, limits: BodyLimits): Uint8Array | null {
  if (sent.length > INFLATE_HERE.sent) return null
  try {
    const max = Math.min(INFLATE_HERE.inflated, limits.inflated)
    return gunzipSync(sent, { maxOutputLength: max, chunkSize: statedSize(sent, max) })
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') return null
    throw error
  }
}

/** The inflated size as the end of a gzip body states it (RFC 1952, 2.3.1), so that one piece of memory holds all. */
function statedSize(sent: Uint8Array, max: number): number {
  const stated = sent.length < 4 ? 0 : new DataView(sent.buffer, sent.byteOffset).getUint32(sent.length - 4, true)
  return Math.max(MIN_CHUNK, Math.min(stated + 1, max))
}

/** The least that zlib takes. */
const MIN_CHUNK = 64

function tooLarge(limits: BodyLimits): Refusal {
  return new Refusal(413, describeTooLarge(limits.sent))
}
