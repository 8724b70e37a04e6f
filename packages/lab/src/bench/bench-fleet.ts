import { Agent } from 'node:http'
import { fleet } from '@slashzero/contract'
import { enrolHost, sendReports } from '../simulate/send-reports.ts'
import { simulateHost } from '../simulate/simulate-host.ts'
import { exchange } from './exchange.ts'
import { BenchError, type Measurement, quantile, type Target } from './measurement.ts'
import { type LocalPostgres, openPostgres } from './open-postgres.ts'
import { planBenchHosts } from './plan-bench-hosts.ts'
import { readTreeCpu } from './read-usage.ts'
import { signIn } from './sign-in.ts'

const seed = 70_002
const hosts = 1000
const vms = 40
const hostsAtOnce = 8
const rounds = 100
const warmUps = 20

/** What one thing that was asked again and again cost: latencies in milliseconds, CPU in milliseconds a time. */
type Cost = { readonly latencies: readonly number[]; readonly server: number; readonly postgres: number }

/** What the fleet page asks for, at 1,000 hypervisors with 40 VMs each, against cheaper questions in the same run. */
export async function benchFleet(target: Target, progress: (text: string) => void): Promise<readonly Measurement[]> {
  if (target.setupToken === null) throw new BenchError('The fleet page answers signed-in people alone: pass --setup-token.')
  const cookie = await signIn(target.server, target.setupToken)
  progress(`enrolling ${hosts} hypervisors with ${vms} VMs each`)
  await fill(target)
  progress('asking for the fleet')
  const postgres = await openPostgres(target.databaseUrl)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  try {
    const readPage = () => get(agent, target, '/trpc/fleet.read', { cookie })
    const body = await readPage()
    const costs = {
      page: await repeat(target, postgres, readPage),
      rest: await repeat(target, postgres, () => get(agent, target, restList, { authorization: `Bearer ${target.apiToken}` })),
      health: await repeat(target, postgres, () => get(agent, target, '/healthz', {})),
      sql: await repeat(target, postgres, () => postgres.pool.query('SELECT * FROM hypervisor')),
    }
    return describe(costs, describeSize(body))
  } finally {
    agent.destroy()
    await postgres.close()
  }
}

const restList = `/api/v1/hypervisors?limit=${hosts}`

async function get(agent: Agent, target: Target, path: string, headers: Record<string, string>): Promise<string> {
  const answer = await exchange(agent, new URL(path, target.server), { method: 'GET', headers })
  if (answer.status !== 200) throw new BenchError(`The server answered ${answer.status} to ${path}: ${answer.body.slice(0, 300)}`)
  return answer.body
}

/** @throws BenchError where the page does not know the whole fleet */
function describeSize(body: string): string {
  const { totals } = fleet.parse(JSON.parse(body).result.data)
  const size = `${totals.hypervisors} hypervisors, ${totals.vms} VMs, ${Math.round(body.length / 1024)} KiB of JSON`
  if (totals.hypervisors < hosts || totals.vms < hosts * vms) throw new BenchError(`The fleet page knows too little: ${size}.`)
  return size
}

async function fill(target: Target): Promise<void> {
  const server = { url: target.server, signal: new AbortController().signal }
  const now = Date.now()
  const plans = planBenchHosts({ seed, hosts, vms, now }).values()
  await Promise.all(
    Array.from({ length: hostsAtOnce }, async () => {
      for (const plan of plans) {
        const host = simulateHost(plan, now - 60_000)
        const credential = await enrolHost(server, target.enrolmentToken, { id: plan.hostId, name: plan.name })
        await sendReports(server, credential, [host.observe(now - 15_000, Date.now()), host.observe(now, Date.now())])
      }
    }),
  )
}

async function repeat(target: Target, postgres: LocalPostgres, ask: () => Promise<unknown>): Promise<Cost> {
  for (let round = 0; round < warmUps; round += 1) await ask()
  const latencies: number[] = []
  const cpu = () => ({ server: readTreeCpu(target.serverPid), postgres: readTreeCpu(postgres.pid) })
  const before = cpu()
  for (let round = 0; round < rounds; round += 1) {
    const started = performance.now()
    await ask()
    latencies.push(performance.now() - started)
  }
  const after = cpu()
  return { latencies, server: (after.server - before.server) / rounds, postgres: (after.postgres - before.postgres) / rounds }
}

function describe(costs: Record<'page' | 'rest' | 'health' | 'sql', Cost>, size: string): readonly Measurement[] {
  const bench = 'fleet'
  const median = (cost: Cost) => quantile(cost.latencies, 0.5) ?? Number.NaN
  const { page, rest, health, sql } = costs
  return [
    { bench, measure: 'fleet page, median', value: median(page), unit: 'ms', note: `/trpc/fleet.read, one at a time: ${size}` },
    { bench, measure: 'fleet page, 95 %', value: quantile(page.latencies, 0.95), unit: 'ms' },
    { bench, measure: 'CPU of the server', value: page.server, unit: 'ms/request' },
    { bench, measure: 'CPU of PostgreSQL', value: page.postgres, unit: 'ms/request' },
    { bench, measure: 'REST list, median', value: median(rest), unit: 'ms', note: restList },
    { bench, measure: 'peer: /healthz, median', value: median(health), unit: 'ms', note: 'the least that the server answers' },
    { bench, measure: 'peer: bare SQL, median', value: median(sql), unit: 'ms', note: 'SELECT * FROM hypervisor from this process' },
    { bench, measure: 'ratio to /healthz', value: median(page) / median(health), unit: 'x' },
    { bench, measure: 'ratio to bare SQL', value: median(page) / median(sql), unit: 'x', note: '1 = session, verdicts, sorting and JSON cost nothing beside reading the rows' },
  ]
}
