import { once } from 'node:events'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { goldenReport } from '@slashzero/contract/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DeliveryStatus } from '../deliver/delivery.ts'
import { startMetrics } from './start-metrics.ts'
import type { Metrics } from './start-metrics.ts'

const golden = goldenReport()
const OPENMETRICS = { headers: { accept: 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5' } }

let status: DeliveryStatus
let logged: { level: string; message: string; fields: object }[]
let metrics: Metrics
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slashzero-metrics-'))
  status = {
    spooledReports: 3,
    spooledBytes: 999,
    droppedReports: 2 ** 32,
    acknowledgedReports: 8,
    lastAcknowledgedAt: null,
    onDisk: true,
    lastError: null,
  }
  logged = []
})
afterEach(() => {
  metrics.stop()
  rmSync(folder, { recursive: true })
})

async function start(options: { textfile?: string; listen?: { host: string; port: number } | null }): Promise<string> {
  const keep = (level: string) => (fields: object, message: string) => void logged.push({ level, message, fields })
  const log = { info: keep('info'), warn: keep('warn'), error: keep('error') }
  const { listen = null, textfile = null } = options
  metrics = await startMetrics({ listen, textfile, version: '0.1.0', readDelivery: () => status, log })
  const [line] = logged
  return line !== undefined && 'url' in line.fields ? String(line.fields.url) : ''
}

describe('the page', () => {
  const listen = { host: '127.0.0.1', port: 0 }

  test('is empty before the first report, and then shows the last report', async () => {
    const url = await start({ listen })
    const before = await (await fetch(url)).text()
    expect(before).toContain('slashzero_build_info{version="0.1.0"} 1\n')
    expect(before).not.toContain('slashzero_last_pass')
    metrics.observe(golden)
    metrics.observe({ ...golden, membershipBytes: 64 })
    expect(await (await fetch(url)).text()).toContain('\nslashzero_membership_bytes 64\n')
  })

  test('shows the current state of delivery', async () => {
    const url = await start({ listen })
    metrics.observe(golden)
    const first = await (await fetch(url)).text()
    expect(first).toMatch(/^slashzero_spool_reports 3$/m)
    expect(first).toMatch(/^slashzero_reports_dropped_total 4294967296$/m)
    expect(first).not.toMatch(/^slashzero_last_acknowledged/m)
    status = { ...status, spooledReports: 0, onDisk: false, lastAcknowledgedAt: 1_767_225_600_500 }
    const second = await (await fetch(url)).text()
    expect(second).toMatch(/^slashzero_spool_reports 0$/m)
    expect(second).toMatch(/^slashzero_spool_on_disk 0$/m)
    expect(second).toMatch(/^slashzero_last_acknowledged_timestamp_seconds 1767225600\.5$/m)
  })

  test('comes in the requested format', async () => {
    const url = await start({ listen })
    metrics.observe(golden)
    const text = await fetch(url)
    expect(text.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(await text.text()).not.toContain('# EOF')
    const openmetrics = await fetch(url, OPENMETRICS)
    expect(openmetrics.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8')
    const page = await openmetrics.text()
    expect(page.indexOf('# EOF\n')).toBe(page.length - 6)
    expect(page).toContain('# TYPE slashzero_reports_dropped counter\nslashzero_reports_dropped_total 4294967296\n')
  })

  test('is the only path, read-only, until the server stops', async () => {
    const url = await start({ listen })
    expect((await fetch(new URL('/', url))).status).toBe(404)
    expect((await fetch(`${url}?x=1`)).status).toBe(200)
    expect((await fetch(url, { method: 'POST', body: 'x' })).status).toBe(405)
    const head = await fetch(url, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
    metrics.stop()
    await expect(fetch(url)).rejects.toThrow('fetch failed')
  })

  test('is not delayed by clients that send nothing or nonsense', async () => {
    const url = await start({ listen })
    const { port } = new URL(url)
    const silent = connect(Number(port), '127.0.0.1')
    const mad = connect(Number(port), '127.0.0.1').on('error', () => undefined)
    mad.write(`GET /metrics HTTP/1.1\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`)
    expect((await fetch(url)).status).toBe(200)
    silent.destroy()
    mad.destroy()
  })

  test('that cannot be served is logged once, and served when possible', async () => {
    const holder = createServer().listen(0, '127.0.0.1')
    await once(holder, 'listening')
    const address = holder.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    await start({ listen: { host: '127.0.0.1', port } })
    metrics.observe(golden)
    await expect
      .poll(() => logged)
      .toMatchObject([{ level: 'error', fields: { error: expect.stringContaining('EADDRINUSE') } }])
    holder.close()
    await once(holder, 'close')
    metrics.observe(golden)
    await expect.poll(() => logged.map(({ level }) => level)).toEqual(['error', 'info'])
    expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(200)
  })
})

describe('the textfile', () => {
  test('is the page as text, readable by everybody, and removed at the end', async () => {
    const textfile = join(folder, 'slashzero.prom')
    const umask = process.umask(0o077)
    await start({ textfile })
    metrics.observe(golden)
    process.umask(umask)
    expect(readFileSync(textfile, 'utf8')).toMatch(/slashzero_build_info[^]*slashzero_tap_up[^]*\n$/)
    expect(statSync(textfile).mode & 0o777).toBe(0o644)
    expect(readdirSync(folder)).toEqual(['slashzero.prom'])
    metrics.stop()
    metrics.observe(golden)
    expect(readdirSync(folder)).toEqual([])
  })

  test('is never written through a link', async () => {
    const precious = join(folder, 'precious')
    writeFileSync(precious, 'mine')
    symlinkSync(precious, join(folder, 'slashzero.prom.tmp'))
    symlinkSync(precious, join(folder, 'slashzero.prom'))
    await start({ textfile: join(folder, 'slashzero.prom') })
    metrics.observe(golden)
    expect(readFileSync(precious, 'utf8')).toBe('mine')
    expect(readFileSync(join(folder, 'slashzero.prom'), 'utf8')).toContain('slashzero_build_info')
  })

  test('that cannot be written is logged once, and once more when it can be', async () => {
    const textfile = join(folder, 'later', 'slashzero.prom')
    await start({ textfile })
    metrics.observe(golden)
    metrics.observe(golden)
    expect(logged).toMatchObject([
      { level: 'error', fields: { path: textfile, error: expect.stringContaining('ENOENT') } },
    ])
    mkdirSync(join(folder, 'later'))
    metrics.observe(golden)
    expect(logged.map(({ level }) => level)).toEqual(['error', 'info'])
  })
})
