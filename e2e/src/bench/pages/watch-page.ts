import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, BrowserContextOptions, CDPSession, Page } from '@playwright/test'

/** A page in a real browser whose network is counted. */
export type Watched = {
  readonly page: Page
  readonly session: CDPSession
  /** Bytes on the wire so far, headers included; `type` counts one kind of resource, such as `Script`. */
  readonly readBytes: (type?: string) => number
  readonly close: () => Promise<void>
}

/** Opens an empty tab in a context of its own, without a cache. `cookie`: the Cookie header of a session. */
export async function openTab(
  browser: Browser,
  { server, cookie, options = {} }: { server: string; cookie: string | null; options?: BrowserContextOptions },
): Promise<Watched> {
  const context = await browser.newContext({ ...options, bypassCSP: false })
  if (cookie !== null)
    await context.addCookies(
      cookie.split('; ').map((pair) => ({
        name: pair.slice(0, pair.indexOf('=')),
        value: pair.slice(pair.indexOf('=') + 1),
        url: server,
      })),
    )
  const page = await context.newPage()
  await page.addInitScript(noteAnswer)
  const session = await context.newCDPSession(page)
  await session.send('Network.enable')
  const requests = new Map<string, { type: string; bytes: number }>()
  const of = (id: string) => {
    const known = requests.get(id) ?? { type: '', bytes: 0 }
    requests.set(id, known)
    return known
  }
  session.on('Network.requestWillBeSent', ({ requestId, type }) => void (of(requestId).type = type ?? ''))
  session.on('Network.dataReceived', ({ requestId, dataLength, encodedDataLength }) => {
    of(requestId).bytes += encodedDataLength || dataLength
  })
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    of(requestId).bytes = encodedDataLength
  })
  return {
    page,
    session,
    readBytes: (type) =>
      [...requests.values()]
        .filter((one) => type === undefined || one.type === type)
        .reduce((sum, { bytes }) => sum + bytes, 0),
    close: () => context.close(),
  }
}

export type Load = {
  /** Milliseconds from the start of the navigation until the page shows its answer in words; null if it never does. */
  readonly answer: number | null
  readonly bytes: number
  readonly scriptBytes: number
}

const WATCHED = 3000

/** Opens the page and counts what it fetches in its first three seconds. */
export async function load(tab: Watched, url: string): Promise<Load> {
  const started = performance.now()
  await tab.page.goto(url, { waitUntil: 'commit' })
  await sleep(Math.max(0, WATCHED - (performance.now() - started)))
  const [bytes, scriptBytes] = [tab.readBytes(), tab.readBytes('Script')]
  const answer = await tab.page
    .waitForFunction(() => performance.getEntriesByName('bench-answer')[0]?.startTime, undefined, { timeout: 30_000 })
    .then((handle) => handle.jsonValue())
    .catch(() => null)
  return { answer: answer ?? null, bytes, scriptBytes }
}

/** Bytes a second that an open page goes on fetching. */
export async function watchLive(tab: Watched, seconds: number): Promise<number> {
  const before = tab.readBytes()
  await sleep(seconds * 1000)
  return (tab.readBytes() - before) / seconds
}

/** Runs in the page: marks when its first heading, which is its answer, has words. */
function noteAnswer(): void {
  const look = (): void => {
    const heading = document.querySelector('main h1')
    if (heading === null || heading.textContent.trim().length < 5 || heading.closest('[hidden]') !== null) return
    observer.disconnect()
    performance.mark('bench-answer')
  }
  const observer = new MutationObserver(look)
  observer.observe(document, { subtree: true, childList: true, characterData: true })
}

/** Runs in the page: keeps the long tasks, by the definition of Total Blocking Time. */
export function noteLongTasks(): void {
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries())
      performance.mark('bench-blocked', { startTime, detail: Math.max(0, duration - 50) })
  }).observe({ type: 'longtask', buffered: true })
}

/** Milliseconds for which the main thread was blocked after the first paint. */
export function readBlocked(page: Page): Promise<number> {
  return page.evaluate(() => {
    const painted = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0
    return performance
      .getEntriesByName('bench-blocked')
      .filter(({ startTime }) => startTime >= painted)
      .reduce((sum, entry) => sum + Number(entry instanceof PerformanceMark ? entry.detail : 0), 0)
  })
}
