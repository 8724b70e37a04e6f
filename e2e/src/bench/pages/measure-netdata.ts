import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser } from '@playwright/test'
import { type Measurement, measuring } from '@slashzero/lab/bench'
import { load, openTab, watchLive } from './watch-page.ts'

const figure = measuring('pages')
const NETDATA = '/usr/sbin/netdata'
const DASHBOARD = '/usr/share/netdata/web/index.html'
const PORT = 19_998
const KILOBYTE = 1000
const STARTING = 4000
const SETTLED = 2000

/** Netdata's own dashboard of this one host, in the same browser, as a known page that is live. */
export async function measureNetdata(browser: Browser, seconds: number): Promise<readonly Measurement[]> {
  if (!existsSync(NETDATA) || !existsSync(DASHBOARD))
    return [figure('beside: Netdata', null, 'kB', 'it is not installed: apt install netdata-core netdata-web')]
  const folder = await mkdtemp(join(tmpdir(), 'slashzero-bench-netdata-'))
  const folders = ['config', 'cache', 'lib', 'log', 'lock']
  for (const name of folders) await mkdir(join(folder, name))
  const places = folders.map((name) => `${name} = ${folder}/${name}\n`).join('')
  await writeFile(
    join(folder, 'netdata.conf'),
    `[global]\nrun as user = root\n[directories]\n${places}[web]\nbind to = 127.0.0.1:${PORT}\n`,
  )
  const program = spawn(NETDATA, ['-D', '-c', join(folder, 'netdata.conf')], { stdio: 'ignore' })
  const ended = once(program, 'exit')
  try {
    await sleep(STARTING)
    const tab = await openTab(browser, { server: `http://127.0.0.1:${PORT}`, cookie: null })
    const { bytes, scriptBytes } = await load(tab, `http://127.0.0.1:${PORT}/`)
    await sleep(SETTLED)
    const live = await watchLive(tab, seconds)
    await tab.close()
    return [
      figure('beside: Netdata, fetched in 3 s', bytes / KILOBYTE, 'kB', 'its dashboard of this one host'),
      figure('beside: Netdata, JavaScript', scriptBytes / KILOBYTE, 'kB'),
      figure('beside: Netdata, one live tab', live / KILOBYTE, 'kB/s'),
    ]
  } finally {
    program.kill()
    await ended
    await rm(folder, { recursive: true, force: true })
  }
}
