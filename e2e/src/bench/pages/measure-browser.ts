import { setTimeout as sleep } from 'node:timers/promises'
import { type Browser, devices } from '@playwright/test'
import { judge, type Measurement, measuring, median } from '@slashzero/lab/bench'
import { load, type Load, noteLongTasks, openTab, readBlocked, watchLive } from './watch-page.ts'

const figure = measuring('pages')
const TIMES = 5
const KILOBYTE = 1000
const GOALS = { fetched: 150, answer: 1000, live: 20, script: 180, blocked: 300 }
/** Until a page has its first data and its event stream. */
const SETTLED = 5000
/** As Lighthouse slows down a desktop to a phone. */
const SLOWDOWN = 4

type Place = { readonly server: string; readonly cookie: string; readonly live: number; readonly hypervisor: string }

/** The fleet page cold, live and in the background, and the hypervisor page on a phone. */
export async function measureBrowser(browser: Browser, place: Place): Promise<readonly Measurement[]> {
  const loads: Load[] = []
  for (let time = 0; time < TIMES; time += 1) {
    const tab = await openTab(browser, place)
    loads.push(await load(tab, place.server))
    await tab.close()
  }
  const answers = loads.map(({ answer }) => answer ?? Number.POSITIVE_INFINITY)
  const shown = median(answers)
  const kilobytes = (read: (one: Load) => number) => median(loads.map(read)) / KILOBYTE
  return [
    judge(
      figure(
        'fleet page: fetched in 3 s',
        kilobytes(({ bytes }) => bytes),
        'kB',
        `on the wire, cold, median of ${TIMES}`,
      ),
      GOALS.fetched,
    ),
    judge(
      figure(
        'fleet page: first answer in words',
        Number.isFinite(shown) ? shown : null,
        'ms',
        'from the navigation to words in the heading',
      ),
      GOALS.answer,
    ),
    judge(
      figure(
        'first view: JavaScript',
        kilobytes(({ scriptBytes }) => scriptBytes),
        'kB',
        'on the wire',
      ),
      GOALS.script,
    ),
    ...(await measureLive(browser, place)),
    judge(await measureBlocking(browser, place), GOALS.blocked),
  ]
}

async function measureLive(browser: Browser, place: Place): Promise<readonly Measurement[]> {
  const tab = await openTab(browser, place)
  try {
    await tab.page.goto(place.server)
    await sleep(SETTLED)
    const shown = await watchLive(tab, place.live)
    // A page that is covered by another tab stays visible to a headless browser, so its state is set.
    await tab.session.send('Emulation.setFocusEmulationEnabled', { enabled: false })
    await tab.page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden' })
      Object.defineProperty(document, 'hidden', { value: true })
      document.dispatchEvent(new Event('visibilitychange'))
    })
    await sleep(1000)
    const hidden = await watchLive(tab, place.live / 2)
    return [
      judge(
        figure('fleet page: one live tab', shown / KILOBYTE, 'kB/s', `for ${place.live} s, while reports arrive`),
        GOALS.live,
      ),
      figure('fleet page: tab in the background', hidden / KILOBYTE, 'kB/s'),
    ]
  } finally {
    await tab.close()
  }
}

async function measureBlocking(browser: Browser, place: Place): Promise<Measurement> {
  const blocked: number[] = []
  for (let time = 0; time < TIMES; time += 1) {
    const tab = await openTab(browser, { ...place, options: devices['Pixel 7'] ?? {} })
    await tab.page.addInitScript(noteLongTasks)
    await tab.session.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN })
    await tab.page.goto(`${place.server}/hypervisors/${place.hypervisor}`)
    await sleep(SETTLED)
    blocked.push(await readBlocked(tab.page))
    await tab.close()
  }
  const note = `long tasks beyond 50 ms each after the first paint, processor slowed ${SLOWDOWN} times, median of ${TIMES}`
  return figure('hypervisor page: blocking time, mobile', median(blocked), 'ms', note)
}
