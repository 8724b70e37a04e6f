import type { IngestResponse, Report } from '@slashzero/contract'
import type { CollectorActor, ServiceContext } from '../context.ts'

/** The one door for reports of this process. */
export type Ingest = {
  /**
   * Stores the reports of one host, in the order observed; resolves when they are durable.
   * `receivedAt`: server clock in milliseconds when the request arrived.
   * ServiceError: `forbidden` for another host's report or a revoked credential, `invalid` naming the field, `unavailable` while stopping.
   */
  submit(actor: CollectorActor, batch: readonly Report[], receivedAt: number): Promise<IngestResponse>
  /** Refuses new reports and resolves when those under way are stored. */
  stop(): Promise<void>
}

export function createIngest(_context: ServiceContext): Ingest {
  throw new Error('not written yet')
}
