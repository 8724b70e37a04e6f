import { promisify } from 'node:util'
import { brotliCompress, constants, createGzip, gzip, type Gzip } from 'node:zlib'

type Encoding = 'br' | 'gzip'

/** A smaller body costs less than its compression. */
const MIN_BYTES = 1024
/** About as small as gzip's default level makes JSON, in less time. */
const BROTLI_QUALITY = 4

const compressors: Record<Encoding, (body: string) => Promise<Buffer>> = {
  br: (body) => promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }),
  gzip: promisify(gzip),
}

/** Whether a body of this type gets smaller. An event stream is never held back. */
export function isCompressible(contentType: string | undefined): boolean {
  return /^(application\/(problem\+)?json|text\/(?!event-stream))/.test(contentType ?? '')
}

/** The best encoding that the client accepts, by its Accept-Encoding header (RFC 9110, 12.5.3); null: none. */
export function chooseEncoding(header: string | undefined): Encoding | null {
  const accepted = new Set<string>()
  for (const entry of (header ?? '').toLowerCase().split(',')) {
    const [name = '', ...parameters] = entry.split(';').map((part) => part.trim())
    if (!parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))) accepted.add(name)
  }
  return accepted.has('br') ? 'br' : accepted.has('gzip') ? 'gzip' : null
}

/** The compressed body, or null if the body is too small. */
export async function compress(body: string, encoding: Encoding): Promise<Buffer | null> {
  return Buffer.byteLength(body) < MIN_BYTES ? null : compressors[encoding](body)
}

/** Compresses a stream; each written piece leaves at once. */
export function compressStream(): Gzip {
  return createGzip({ flush: constants.Z_SYNC_FLUSH })
}
