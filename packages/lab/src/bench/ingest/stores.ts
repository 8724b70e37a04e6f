import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '../../cell/until.ts'
import { BenchError } from '../measurement.ts'

/** A store of metrics that takes remote writes. */
export type MetricsStore = {
  readonly name: string
  readonly pid: number
  readonly url: URL
  readonly stop: () => Promise<void>
}

type Kind = {
  readonly name: string
  readonly program: string
  readonly debian: string
  readonly arguments: (folder: string, address: string) => readonly string[]
  readonly ready: string
}

const kinds: readonly Kind[] = [
  {
    name: 'Prometheus',
    program: '/usr/bin/prometheus',
    debian: 'prometheus',
    arguments: (folder, address) => [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=${address}`,
      '--web.enable-remote-write-receiver',
      '--log.level=error',
    ],
    ready: '/-/ready',
  },
  {
    name: 'VictoriaMetrics',
    program: '/usr/bin/victoria-metrics',
    debian: 'victoria-metrics',
    arguments: (folder, address) => [
      `-storageDataPath=${folder}/data`,
      `-httpListenAddr=${address}`,
      '-loggerLevel=ERROR',
    ],
    ready: '/health',
  },
]

/** Each known store on an empty folder of its own, or the reason why it is missing. */
export async function startStores(): Promise<
  readonly (MetricsStore | { readonly name: string; readonly reason: string })[]
> {
  return Promise.all(kinds.map(startStore))
}

async function startStore(kind: Kind): Promise<MetricsStore | { readonly name: string; readonly reason: string }> {
  const { name, program, debian } = kind
  if (!existsSync(program)) return { name, reason: `it is not installed: apt install ${debian}` }
  const folder = await mkdtemp(join(tmpdir(), 'slashzero-bench-store-'))
  await writeFile(`${folder}/prometheus.yml`, '')
  const address = `127.0.0.1:${await findPort()}`
  const child = spawn(program, kind.arguments(folder, address), { stdio: ['ignore', 'ignore', 'inherit'] })
  const ended = once(child, 'exit')
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  const url = new URL(`http://${address}/api/v1/write`)
  await until(`${name} answers`, async () => (await fetch(new URL(kind.ready, url)).catch(() => null))?.ok === true, 30)
  if (child.pid === undefined) throw new BenchError(`${name} did not start.`)
  return { name, pid: child.pid, url, stop }
}

async function findPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new BenchError('There is no free port.')
  return address.port
}
