import { Agent } from 'node:http'
import { fleet } from '@slashzero/contract/page'
import { compressReports, enrolHost, sendBody, simulateHost } from '@slashzero/demo'
import { exchange } from './exchange.ts'
import { BenchError, type Measurement, measuring, median, quantile, type Target } from './measurement.ts'
import { type LocalPostgres, openPostgres } from './open-postgres.ts'
import { planBenchHosts } from './plan-bench-hosts.ts'
import { readTreeCpu } from './read-usage.ts'
import { signIn } from './sign-in.ts'

const SEED = 70_002
const HOSTS = 1000
const VMS = 40
const HOSTS_AT_ONCE = 8
/** The questions take turns, so that a busy moment of the machine affects all of them. */
const TURNS = 6
const TURN_EACH = 20

const names = ['page', 'rest', 'health', 'sql'] as const
type Question = (typeof names)[number]

/** The cost of one repeated question, in milliseconds. */
type Cost = { readonly latencies: readonly number[]; readonly server: number; readonly postgres: number }

/** The requests of the fleet page, at 1,000 hypervisors with 40 VMs each, against cheaper requests in the same run. */
export async function benchFleet(target: Target, progress: (text: string) => void): Promise<readonly Measurement[]> {
  if (target.setupToken === null)
    throw new BenchError('The fleet page answers signed-in people alone: pass --setup-token.')
  const cookie = await signIn(target.server, target.setupToken)
  progress(`enrolling ${HOSTS} hypervisors with ${VMS} VMs each`)
  await fill(target)
  progress('asking for the fleet')
  const postgres = await openPostgres(target.databaseUrl)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  try {
    const readPage = () => get(agent, target, '/trpc/fleet.read', { cookie })
    const body = await readPage()
    const costs = await compare(target, postgres, {
      page: readPage,
      rest: () => get(agent, target, REST_LIST, { authorization: `Bearer ${target.apiToken}` }),
      health: () => get(agent, target, '/healthz', {}),
      sql: () => postgres.pool.query('SELECT * FROM hypervisor'),
    })
    return describe(costs, describeSize(body))
  } finally {
    agent.destroy()
    await postgres.close()
  }
}

const REST_LIST = `/api/v1/hypervisors?limit=${HOSTS}`

async function get(agent: Agent, target: Target, path: string, headers: Record<string, string>): Promise<string> {
  const answer = await exchange(agent, new URL(path, target.server), { method: 'GET', headers })
  if (answer.status !== 200)
    throw new BenchError(`The server answered ${answer.status} to ${path}: ${answer.body.slice(0, 300)}`)
  return answer.body
}

/** @throws BenchError if the page does not show the whole fleet */
function describeSize(body: string): string {
  const { totals } = fleet.parse(JSON.parse(body).result.data)
  const size = `${totals.hypervisors} hypervisors, ${totals.vms} VMs, ${Math.round(body.length / 1024)} KiB of JSON`
  if (totals.hypervisors < HOSTS || totals.vms < HOSTS * VMS)
    throw new BenchError(`The fleet page knows too little: ${size}.`)
  return size
}

async function fill(target: Target): Promise<void> {
  const server = { url: target.server, signal: new AbortController().signal }
  const now = Date.now()
  const plans = planBenchHosts({ seed: SEED, hosts: HOSTS, vms: VMS, now }).values()
  await Promise.all(
    Array.from({ length: HOSTS_AT_ONCE }, async () => {
      for (const plan of plans) {
        const host = simulateHost(plan, now - 60_000)
        const credential = await enrolHost(server, target.enrolmentToken, { id: plan.hostId, name: plan.name })
        const reports = [host.observe(now - 15_000, Date.now()), host.observe(now, Date.now())]
        await sendBody(server, credential, await compressReports(reports))
      }
    }),
  )
}

/** Asks each question 120 times. The first turn warms up and does not count. */
async function compare(
  target: Target,
  postgres: LocalPostgres,
  questions: Record<Question, () => Promise<unknown>>,
): Promise<Record<Question, Cost>> {
  const empty = (): Cost => ({ latencies: [], server: 0, postgres: 0 })
  const costs = { page: empty(), rest: empty(), health: empty(), sql: empty() }
  for (let turn = 0; turn <= TURNS; turn += 1) {
    for (const question of names) {
      const cost = await repeat(target, postgres, questions[question])
      if (turn > 0) costs[question] = add(costs[question], cost)
    }
  }
  return costs
}

async function repeat(target: Target, postgres: LocalPostgres, ask: () => Promise<unknown>): Promise<Cost> {
  const latencies: number[] = []
  const cpu = () => ({ server: readTreeCpu(target.serverPid), postgres: readTreeCpu(postgres.pid) })
  const before = cpu()
  for (let round = 0; round < TURN_EACH; round += 1) {
    const started = performance.now()
    await ask()
    latencies.push(performance.now() - started)
  }
  const after = cpu()
  return { latencies, server: after.server - before.server, postgres: after.postgres - before.postgres }
}

function add(one: Cost, other: Cost): Cost {
  return {
    latencies: [...one.latencies, ...other.latencies],
    server: one.server + other.server,
    postgres: one.postgres + other.postgres,
  }
}

function describe(costs: Record<Question, Cost>, size: string): readonly Measurement[] {
  const figure = measuring('fleet')
  const { page, rest, health, sql } = costs
  return [
    figure('fleet page, median', median(page.latencies), 'ms', `/trpc/fleet.read, one at a time: ${size}`),
    figure('fleet page, 95 %', quantile(page.latencies, 0.95), 'ms'),
    figure('CPU of the server', page.server / page.latencies.length, 'ms/request'),
    figure('CPU of PostgreSQL', page.postgres / page.latencies.length, 'ms/request'),
    figure('REST list, median', median(rest.latencies), 'ms', REST_LIST),
    figure('peer: /healthz, median', median(health.latencies), 'ms', 'the least that the server answers'),
    figure('peer: bare SQL, median', median(sql.latencies), 'ms', 'SELECT * FROM hypervisor from this process'),
    figure('ratio to /healthz', median(page.latencies) / median(health.latencies), 'x'),
    figure(
      'ratio to bare SQL',
      median(page.latencies) / median(sql.latencies),
      'x',
      '1 = session, verdicts, sorting and JSON cost nothing beside reading the rows',
    ),
  ]
}
