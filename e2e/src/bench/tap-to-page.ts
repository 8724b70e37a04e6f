// From the moment at which a tap fails to join to its changed row on an open page: real radvd, server, PostgreSQL, collector and browser.
// `node e2e/src/bench/tap-to-page.ts` (root, Chromium); `npm run bench -- page` runs it.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { chromium, type Page } from '@playwright/test'
import { type Hypervisor, startHypervisor } from '@slashzero/lab'
import configuration from '../../playwright.config.ts'
import { createAdministrator, signIn } from '../slashzero/administrator.ts'
import { type Slashzero, startSlashzero } from '../slashzero/start.ts'

const times = 20
const joined = 20
const next = 'tap1021'
/** 20 memberships fit, the next does not, and a send still does: 56 bytes each, 40 a send. */
const optmemMaxBytes = joined * 56 + 50
const patienceMilliseconds = 60_000

const slashzero = await startSlashzero()
const hypervisor = await startHypervisor({ name: 'hv-page', optmemMaxBytes, routeLifetimeSeconds: 1800 })
const browser = await chromium.launch(configuration.use?.launchOptions)
try {
  await hypervisor.addTaps(joined)
  const page = await openHypervisor(slashzero)
  const taken: number[] = []
  for (let round = 1; round <= times; round += 1) {
    const milliseconds = await measure(hypervisor, page)
    taken.push(milliseconds)
    process.stderr.write(`page: ${round} of ${times}: ${milliseconds} ms\n`)
  }
  const sorted = taken.toSorted((one, other) => one - other)
  const median = sorted[Math.floor(times / 2)] ?? Number.NaN
  process.stdout.write(
    `page  from a failed join to the changed row on an open page, of ${times}: median ${median} ms, worst ${sorted.at(-1)} ms\n`,
  )
} finally {
  await browser.close()
  await hypervisor.dispose()
  await slashzero.stop()
}

/** Enrols the hypervisor, whose collector runs at its default interval, and opens its page. */
async function openHypervisor(server: Slashzero): Promise<Page> {
  await createAdministrator(server)
  const enrolmentToken = await server.run('token', 'enrol')
  await hypervisor.runCollector({ server: server.url, enrolmentToken })
  const context = await browser.newContext()
  await signIn(context, server)
  const page = await context.newPage()
  await page.goto(server.url)
  await page.getByRole('link', { name: 'hv-page' }).first().click({ timeout: patienceMilliseconds })
  await page.getByText('tap1001', { exact: true }).waitFor({ timeout: patienceMilliseconds })
  return page
}

/** Milliseconds from radvd's complaint to the row that says so. The tap is gone from the page again afterwards. */
async function measure({ cell, ...made }: Hypervisor, page: Page): Promise<number> {
  const log = `/proc/${cell.pid}/root/run/radvd.log`
  const readLog = () => readFileSync(log, 'utf8')
  const from = readLog().length
  const shown = page.evaluate(waitForRow, [next, 'Not joined', patienceMilliseconds] as const)
  const adding = made.addTaps(joined + 1)
  const deadline = Date.now() + patienceMilliseconds
  while (!readLog().slice(from).includes(`can't join ipv6-allrouters on ${next}`)) {
    if (Date.now() > deadline) throw new Error(`radvd did not fail to join on ${next}: ${readLog().slice(from)}`)
    await sleep(2)
  }
  const failedAt = Date.now()
  const shownAt = await shown
  await adding
  await made.addTaps(joined)
  await page.getByText(next, { exact: true }).waitFor({ state: 'hidden', timeout: patienceMilliseconds })
  // So that the passes of the collector and the failures stand in no fixed order.
  await sleep(2000 + Math.random() * 5000)
  return shownAt - failedAt
}

/** Runs in the page, whose clock is this machine's. */
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
