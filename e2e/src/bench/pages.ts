// Measures the pages, lists and exports of a large fleet while reports arrive, in a real Chromium:
// `npm run bench -- pages` starts the server and passes the options.
import { chromium } from '@playwright/test'
import { messageOf } from '@slashzero/contract/report'
import { BenchError, type Measurement, measuring, printTable, signIn } from '@slashzero/lab/bench'
import configuration from '../../playwright.config.ts'
import { makeSet } from './pages/make-set.ts'
import { measureBrowser } from './pages/measure-browser.ts'
import { measureLighthouse } from './pages/measure-lighthouse.ts'
import { measureNetdata } from './pages/measure-netdata.ts'
import { drawSample, measureCsv, measureHtml, measureRequests } from './pages/measure-requests.ts'
import { type Options, readOptions } from './pages/options.ts'

/** Netdata's dashboard asks for its charts in turn. */
const MIN_NETDATA_SECONDS = 10

const progress = (text: string) => void process.stderr.write(`pages: ${text}\n`)

try {
  const options = readOptions()
  const measurements = await measure(options)
  for (const one of measurements) if (options.json) process.stdout.write(`${JSON.stringify(one)}\n`)
  if (!options.json) process.stdout.write(`${printTable(measurements)}\n`)
} catch (error) {
  if (!(error instanceof BenchError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}

async function measure(options: Options): Promise<readonly Measurement[]> {
  const cookie = await signIn(options.server, options.setupToken)
  const fleet = await makeSet(options, progress)
  const browser = await chromium.launch(configuration.use?.launchOptions)
  const { server, live } = options
  const figure = measuring('pages')
  try {
    const sample = await drawSample(options)
    const made: Measurement[] = [
      figure('hypervisors', fleet.hypervisors, '', `${options.real} of them report, the others are copies in SQL`),
      figure('VMs', fleet.vms, ''),
    ]
    const place = { server, cookie, live, hypervisor: sample.hypervisors[0]?.id ?? '' }
    const parts: Record<string, () => Promise<readonly Measurement[]>> = {
      'the fleet page in Chromium': () => measureBrowser(browser, place),
      'the HTML of the fleet page': async () => [await measureHtml(options, cookie)],
      'lists, details and REST': () => measureRequests(options, cookie, sample),
      'the export of all VMs': () => measureCsv(options, cookie),
      'Netdata beside': () => measureNetdata(browser, Math.max(MIN_NETDATA_SECONDS, live / 2)),
      Lighthouse: () => measureLighthouse(server, cookie),
    }
    for (const [name, measurePart] of Object.entries(parts)) {
      progress(name)
      // A part that fails does not spoil the others, and a killed run has told what it measured.
      const measured = await measurePart().catch((error: unknown) => [figure(name, null, '', messageOf(error))])
      process.stderr.write(`${printTable(measured)}\n`)
      made.push(...measured)
    }
    made.push(
      figure('reports beside', fleet.readRate(), 'reports/s', `${options.rate} offered, stored durably meanwhile`),
    )
    return made
  } finally {
    await browser.close()
    await fleet.stop()
  }
}
