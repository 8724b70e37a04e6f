import type { BodyHeaders } from './read-body.ts'

/** A request to `/ingest/v1`. */
export type IngestRequest = BodyHeaders & {
  readonly method: string
  readonly path: string
  /** The parameter `format` of the query. */
  readonly format: string | null
  readonly authorization: string | undefined
  /** The address of the client. */
  readonly source: string
  readonly body: AsyncIterable<Uint8Array>
}
