// Measures the time from a failed join of a tap to its changed row on an open page, with real radvd, server,
// PostgreSQL, collector and browser: `node e2e/src/bench/tap-to-page.ts` (root, Chromium) or `npm run bench -- page`.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { chromium, type Page } from '@playwright/test'
import { type Hypervisor, startHypervisor } from '@slashzero/lab'
import configuration from '../../playwright.config.ts'
import { createAdministrator, signIn } from '../slashzero/administrator.ts'
import { type Slashzero, startSlashzero } from '../slashzero/start.ts'

const TIMES = 20
const JOINED = 20
const NEXT = 'tap1021'
/** 20 memberships of 56 bytes fit, the next does not, and a send of 40 bytes still fits. */
const OPTMEM_MAX_BYTES = JOINED * 56 + 50
const PATIENCE_MILLISECONDS = 60_000

const slashzero = await startSlashzero()
const hypervisor = await startHypervisor({
  name: 'hv-page',
  optmemMaxBytes: OPTMEM_MAX_BYTES,
  routeLifetimeSeconds: 1800,
})
const browser = await chromium.launch(configuration.use?.launchOptions)
try {
  await hypervisor.addTaps(JOINED)
  const page = await openHypervisor(slashzero)
  const taken: number[] = []
  for (let round = 1; round <= TIMES; round += 1) {
    const milliseconds = await measure(hypervisor, page)
    taken.push(milliseconds)
    process.stderr.write(`page: ${round} of ${TIMES}: ${milliseconds} ms\n`)
  }
  const sorted = taken.toSorted((one, other) => one - other)
  const median = sorted[Math.floor(TIMES / 2)] ?? Number.NaN
  process.stdout.write(
    `page  from a failed join to the changed row on an open page, of ${TIMES}: median ${median} ms, worst ${sorted.at(-1)} ms\n`,
  )
} finally {
  await browser.close()
  await hypervisor.dispose()
  await slashzero.stop()
}

/** Enrols the hypervisor, whose collector runs at its default interval, and opens the hypervisor's page. */
async function openHypervisor(server: Slashzero): Promise<Page> {
  await createAdministrator(server)
  const enrolmentToken = await server.run('token', 'enrol')
  await hypervisor.runCollector({ server: server.url, enrolmentToken })
  const context = await browser.newContext()
  await signIn(context, server)
  const page = await context.newPage()
  await page.goto(server.url)
  await page.getByRole('link', { name: 'hv-page' }).first().click({ timeout: PATIENCE_MILLISECONDS })
  await page.getByText('tap1001', { exact: true }).waitFor({ timeout: PATIENCE_MILLISECONDS })
  return page
}

/** Milliseconds from radvd's error to the row that says so. Afterwards the tap is gone from the page. */
async function measure({ cell, ...made }: Hypervisor, page: Page): Promise<number> {
  const log = `/proc/${cell.pid}/root/run/radvd.log`
  const readLog = () => readFileSync(log, 'utf8')
  const from = readLog().length
  const shown = page.evaluate(waitForRow, [NEXT, 'Not joined', PATIENCE_MILLISECONDS] as const)
  const adding = made.addTaps(JOINED + 1)
  const deadline = Date.now() + PATIENCE_MILLISECONDS
  while (!readLog().slice(from).includes(`can't join ipv6-allrouters on ${NEXT}`)) {
    if (Date.now() > deadline) throw new Error(`radvd did not fail to join on ${NEXT}: ${readLog().slice(from)}`)
    await sleep(2)
  }
  const failedAt = Date.now()
  const shownAt = await shown
  await adding
  await made.addTaps(JOINED)
  await page.getByText(NEXT, { exact: true }).waitFor({ state: 'hidden', timeout: PATIENCE_MILLISECONDS })
  // Keeps the failures out of step with the collector's passes.
  await sleep(2000 + Math.random() * 5000)
  return shownAt - failedAt
}

/** Runs in the page, which uses this machine's clock. */
function waitForRow([name, words, patience]: readonly [string, string, number]): Promise<number> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const rows = [...document.querySelectorAll('tr')]
      if (!rows.some((row) => row.textContent.includes(name) && row.textContent.includes(words))) return
      observer.disconnect()
      resolve(Date.now())
    }
    const observer = new MutationObserver(look)
    observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true })
    setTimeout(() => reject(new Error(`The page did not say "${words}" of ${name}.`)), patience)
    look()
  })
}
