// Measures the pages, lists and exports of a large fleet while reports arrive, in a real Chromium:
// `npm run bench -- pages` starts the server and passes the options.
import { chromium } from '@playwright/test'
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
    progress('the fleet page in Chromium')
    made.push(...(await measureBrowser(browser, { server, cookie, live, hypervisor: sample.hypervisors[0]?.id ?? '' })))
    made.push(await measureHtml(options, cookie))
    progress('lists, details and REST')
    made.push(...(await measureRequests(options, cookie, sample)))
    progress('the export of all VMs')
    made.push(...(await measureCsv(options, cookie)))
    progress('Lighthouse and Netdata')
    made.push(
      ...(await measureLighthouse(server, cookie)),
      ...(await measureNetdata(browser, Math.max(MIN_NETDATA_SECONDS, live / 2))),
    )
    made.push(
      figure('reports beside', fleet.readRate(), 'reports/s', `${options.rate} offered, stored durably meanwhile`),
    )
    return made
  } finally {
    await browser.close()
    await fleet.stop()
  }
}
