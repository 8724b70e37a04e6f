import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toVisible } from '@slashzero/contract/report'
import { type BareHypervisor, startBareHypervisor, until } from '@slashzero/lab/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { listExpressions, readDashboard } from './read-dashboard.ts'

/** A name that would end its line and begin another if names were not escaped. */
const HOSTILE = 'vm"} 1\nslashzero_tap_up 0\n\\'
const TAPS = ['tap1', 'tap2', 'tap3']
const RULES = readFileSync(new URL('slashzero-rules.yml', import.meta.url), 'utf8')
const answer = z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }))

describe.skipIf(process.getuid?.() !== 0)('a real Prometheus that scrapes a real collector', () => {
  let folder: string
  let hypervisor: BareHypervisor
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'slashzero-prometheus-'))
    hypervisor = await startBareHypervisor()
  })
  afterEach(async () => {
    await hypervisor.remove()
    rmSync(folder, { recursive: true })
  })

  /** The rules, but evaluated each second and with seconds in place of minutes. */
  function startPrometheus(): void {
    writeFileSync(join(folder, 'rules.yml'), RULES.replaceAll(/^( +for: \d+)m$/gm, '$1s'))
    const configuration = {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: [join(folder, 'rules.yml')],
      scrape_configs: [
        { job_name: 'hypervisors', static_configs: [{ targets: ['127.0.0.1:9469'], labels: { site: 'par1' } }] },
      ],
    }
    writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(configuration))
    const flags = { 'config.file': 'prometheus.yml', 'storage.tsdb.path': 'data' }
    const files = Object.entries(flags).map(([flag, name]) => `--${flag}=${join(folder, name)}`)
    hypervisor.start('prometheus', ...files, '--web.listen-address=127.0.0.1:9090', '--log.level=error')
  }

  async function query(expression: string): Promise<z.output<typeof answer>> {
    const text = await hypervisor.run(
      'promtool',
      'query',
      'instant',
      '--format=json',
      'http://127.0.0.1:9090',
      expression,
    )
    return answer.parse(JSON.parse(text))
  }

  /** The firing alerts, except the alert on waiting reports: no server answers here, so it may fire or not. */
  async function listFiring(): Promise<string[]> {
    const others = 'ALERTS{alertstate="firing",alertname!="SlashzeroReportsNotDelivered"}'
    return (await query(others)).map(({ metric }) => metric['alertname'] ?? '').toSorted()
  }

  async function leak(): Promise<void> {
    const vm = await hypervisor.startVm('-name', 'churner')
    await vm.ask('open', ...TAPS)
    await hypervisor.raiseServed(TAPS)
    await vm.ask('close', ...TAPS)
  }

  test('alerts on a leaking radvd, then on blocked sends, then on a missing collector', async ({ skip }) => {
    skip(!(await hypervisor.setLimit(20_480)), 'a namespace has no limit of its own before Linux 6.8')
    const textfile = join(folder, 'slashzero.prom')
    const vm = await hypervisor.startVm('-name', HOSTILE)
    await hypervisor.startRadvd([...TAPS, 'tap9'])
    await vm.ask('open', 'tap9')
    await hypervisor.raiseServed(['tap9'])
    const collector = hypervisor.startCollector(
      '--interval',
      '1',
      '--metrics-listen',
      '9469',
      '--metrics-textfile',
      textfile,
    )
    startPrometheus()
    await until('the socket is seen', async () => (await query('slashzero_socket_memberships_stale == 0')).length === 1)
    expect(await listFiring()).toEqual([])
    const [tap] = await query('slashzero_tap_info')
    expect(tap?.metric).toMatchObject({ tap: 'tap9', vm: toVisible(HOSTILE) })

    await leak()
    await until('the leak alert fires', async () => (await listFiring()).join(' ') === 'SlashzeroLeaking')
    const [leaking] = await query('ALERTS{alertname="SlashzeroLeaking"}')
    expect(leaking?.metric).toMatchObject({
      daemon: 'radvd',
      site: 'par1',
      instance: '127.0.0.1:9469',
      severity: 'warning',
    })
    const [left] = await query('slashzero:socket_joins_left:count')
    expect(Number(left?.value[1])).toBe(Math.ceil((20_480 - 4 * 56) / 56) - 1)

    const dashboard = readDashboard()
    const empty: string[] = []
    for (const expression of listExpressions(dashboard))
      if ((await query(expression)).length === 0) empty.push(expression)
    const lost = dashboard.panels.filter(({ title }) => title === 'VMs without ::/0 now')
    expect(empty).toEqual(listExpressions({ ...dashboard, panels: lost }))
    await hypervisor.run('sh', '-c', `promtool check metrics < ${textfile}`)

    await hypervisor.setLimit(256)
    const blocked = 'SlashzeroJoinsBlocked SlashzeroLeaking SlashzeroSendsBlocked SlashzeroSocketNearlyFull'
    await until('the socket is blocked', async () => (await listFiring()).join(' ') === blocked)

    expect(await collector.stop()).toBe(0)
    expect(existsSync(textfile)).toBe(false)
    await until('the collector is gone', async () => (await listFiring()).join(' ') === 'SlashzeroCollectorGone')
  })
})
