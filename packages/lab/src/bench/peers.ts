import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Cell, childOf } from '../cell/start.ts'
import { until } from '../cell/until.ts'

/** A program that runs inside a hypervisor. */
export type Program = {
  /** The pid on this machine. */
  readonly pid: number
  readonly stop: () => Promise<void>
}

/** Follows the program that `child`, an nsenter, runs. */
export async function followProgram(child: ChildProcess): Promise<Program> {
  const ended = once(child, 'exit')
  await once(child, 'spawn')
  await sleep(200)
  const pid = childOf(child)
  return {
    pid,
    async stop() {
      if (child.exitCode === null) process.kill(pid, 'SIGTERM')
      await ended
    },
  }
}

export type Exporter = Program & {
  /** One scrape; out: how many taps it showed. */
  readonly scrape: () => Promise<number>
}

/** node_exporter with its default collectors, or the reason why it is missing. */
export async function startExporter(cell: Cell): Promise<Exporter | string> {
  if (!existsSync(EXPORTER)) return 'it is not installed: apt install prometheus-node-exporter'
  const program = await followProgram(cell.spawn(EXPORTER, [`--web.listen-address=127.0.0.1:${EXPORTER_PORT}`]))
  const scrape = () => count(cell, `http://127.0.0.1:${EXPORTER_PORT}/metrics`, '^node_network_up{device="tap')
  await until('node_exporter answers', async () => (await scrape()) >= 0, 10)
  return { ...program, scrape }
}

/** Netdata at its default of one second, with only its paths configured, or the reason why it is missing. */
export async function startNetdata(
  cell: Cell,
  folder: string,
): Promise<(Program & { countTaps: () => Promise<number> }) | string> {
  if (!existsSync(NETDATA)) return 'it is not installed: apt install netdata-core'
  const folders = ['config', 'cache', 'lib', 'log', 'lock']
  for (const name of folders) await mkdir(`${folder}/${name}`, { recursive: true })
  const file = `${folder}/netdata.conf`
  const places = folders.map((name) => `${name} = ${folder}/${name}\n`).join('')
  await writeFile(
    file,
    `[global]\nrun as user = root\n[directories]\n${places}[web]\nbind to = 127.0.0.1:${NETDATA_PORT}\n`,
  )
  const program = await followProgram(cell.spawn(NETDATA, ['-D', '-c', file]))
  const countTaps = () => count(cell, `http://127.0.0.1:${NETDATA_PORT}/api/v1/charts`, '"id": "net_carrier.tap')
  await until('Netdata answers', async () => (await countTaps()) >= 0, 10)
  return { ...program, countTaps }
}

const EXPORTER = '/usr/bin/prometheus-node-exporter'
const NETDATA = '/usr/sbin/netdata'
const EXPORTER_PORT = 9100
const NETDATA_PORT = 19_999

/** The number of lines with the pattern in the response of a server inside the cell. */
async function count(cell: Cell, url: string, pattern: string): Promise<number> {
  return Number(await cell.run(process.execPath, ['--input-type=module', '-e', COUNT, url, pattern]))
}

// Runs inside the hypervisor.
const COUNT = `
const [url, pattern] = process.argv.slice(1)
const text = await (await fetch(url)).text()
process.stdout.write(String([...text.matchAll(new RegExp(pattern, 'gm'))].length))`
