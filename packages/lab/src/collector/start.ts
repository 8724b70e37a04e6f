import { once } from 'node:events'
import { existsSync, openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Cell } from '../cell/start.ts'
import { forward } from './forward.ts'

export type CollectorOptions = {
  /** Base URL of a server on this machine, such as `http://127.0.0.1:3000`. */
  server: string
  enrolmentToken: string
  intervalSeconds?: number
}

/**
 * Runs the real, unchanged collector inside a hypervisor and forwards its connections to the server. It ends with the
 * cell; its log is `collector.log` in `run`, the folder that the hypervisor sees as /run.
 */
export async function startCollector(cell: Cell, run: string, options: CollectorOptions): Promise<void> {
  if (!existsSync(COLLECTOR)) throw new Error(`The collector is missing: ${COLLECTOR}`)
  const server = new URL(options.server)
  // Inside, only lo has an address, so the resolver of glibc does not even resolve localhost.
  if (server.hostname === 'localhost') server.hostname = '127.0.0.1'
  forward(cell, server)
  const log = openSync(`${run}/collector.log`, 'a')
  const interval =
    options.intervalSeconds === undefined ? {} : { SLASHZERO_INTERVAL_SECONDS: String(options.intervalSeconds) }
  const collector = cell.spawn(process.execPath, [COLLECTOR, 'run', '--state-dir', '/run/slashzero-collector'], {
    stdio: ['ignore', log, log],
    env: { SLASHZERO_SERVER: server.origin, SLASHZERO_ENROLMENT_TOKEN: options.enrolmentToken, ...interval },
  })
  await once(collector, 'spawn')
}

/** The unchanged program of the checkout. */
export const COLLECTOR = fileURLToPath(
  new URL('../../../../apps/collector/bin/slashzero-collector.mjs', import.meta.url),
)
