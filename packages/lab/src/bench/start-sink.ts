import { createServer } from 'node:http'
import { once } from 'node:events'
import { gunzipSync } from 'node:zlib'
import { applyDelta, ENROL_PATH, type Report, reportBatch } from '@slashzero/contract/report'

/** Receives reports, so that the collector's cost is measured without a server's. */
export type Sink = {
  readonly url: string
  /** In the order of their arrival. */
  readonly reports: () => readonly Report[]
  readonly close: () => Promise<void>
}

/** Listens on a free port of this machine's loopback and acknowledges every enrolment and report. */
export async function startSink(): Promise<Sink> {
  const reports: Report[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks)
      response.setHeader('content-type', 'application/json')
      if (request.url === ENROL_PATH) {
        response.statusCode = 201
        response.end(JSON.stringify({ hypervisorId: 'hv_bench', credential: 'sz_host_bench' }))
        return
      }
      const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
      const told: unknown = JSON.parse(text.toString())
      const base = baseOf(told, reports)
      const batch = base === undefined ? reportBatch.parse(told) : [applyDelta(base, told)]
      reports.push(...batch)
      response.end(JSON.stringify({ accepted: batch.length, duplicates: 0, base: String(reports.length) }))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The sink has no port.')
  return {
    url: `http://127.0.0.1:${address.port}`,
    reports: () => reports,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The report that a delta is based on, whose name is its number; undefined for whole reports. */
function baseOf(told: unknown, reports: readonly Report[]): Report | undefined {
  if (typeof told !== 'object' || told === null || !('base' in told)) return undefined
  return reports[Number(told.base) - 1]
}
