import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { judge, type Measurement, measuring, openPostgres, quantile, readMemory } from '@slashzero/lab/bench'
import type { Options } from './options.ts'

const figure = measuring('pages')
const TIMES = 40
const GOALS = { answer: 200, search: 100, firstByte: 1000, memory: 64 }
const MEBIBYTE = 1024 * 1024
const MEGABYTE = 1_000_000

/** Rows to ask for, drawn from the set. */
export type Sample = {
  readonly hypervisors: readonly { readonly id: string; readonly name: string }[]
  readonly vms: readonly {
    readonly id: string
    readonly name: string
    readonly uuid: string
    readonly gateway: string
    readonly hypervisor: string
    readonly tap: string
  }[]
}

export async function drawSample({ databaseUrl }: Options): Promise<Sample> {
  const postgres = await openPostgres(databaseUrl)
  try {
    const hypervisors = await postgres.pool.query<Sample['hypervisors'][number]>(
      'SELECT id, name FROM hypervisor WHERE vms_total > 50 ORDER BY md5(id) LIMIT 40',
    )
    const vms = await postgres.pool.query<Sample['vms'][number]>(
      `SELECT v.id, v.name, v.uuid, v.route_gateway AS gateway, h.name AS hypervisor,
         (SELECT t.name FROM tap t WHERE t.hypervisor_id = v.hypervisor_id AND t.key = ANY(v.tap_keys) LIMIT 1) AS tap
       FROM vm v JOIN hypervisor h ON h.id = v.hypervisor_id
       WHERE v.hypervisor_id = ANY($1) AND v.uuid IS NOT NULL AND v.route_gateway IS NOT NULL ORDER BY md5(v.id) LIMIT 40`,
      [hypervisors.rows.map(({ id }) => id)],
    )
    return { hypervisors: hypervisors.rows, vms: vms.rows }
  } finally {
    await postgres.close()
  }
}

type Asked = { readonly path: string; readonly headers: Readonly<Record<string, string>> }

/** The time to the last byte of each list, detail, page and REST answer, one request at a time. */
export async function measureRequests(
  { server, apiToken }: Options,
  cookie: string,
  { hypervisors, vms }: Sample,
): Promise<readonly Measurement[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const session = { cookie }
  const bearer = { authorization: `Bearer ${apiToken}` }
  const at = <Item>(items: readonly Item[], nth: number) => items[nth % items.length]
  const measure = async (name: string, goal: number, asked: (nth: number) => Asked): Promise<Measurement> => {
    const taken: number[] = []
    let bytes = 0
    for (let nth = 0; nth < TIMES; nth += 1) {
      const answer = await ask(agent, server, asked(nth))
      if (answer.status !== 200) return figure(name, null, 'ms', `the server answered ${answer.status}`)
      // The first answers compile code.
      if (nth >= TIMES / 4) taken.push(answer.milliseconds)
      bytes = answer.bytes
    }
    const note = `95 % of ${taken.length}; ${(bytes / 1000).toPrecision(3)} kB`
    return judge(figure(name, quantile(taken, 0.95), 'ms', note), goal)
  }
  const query = (procedure: string, input?: (nth: number) => object, by = '') =>
    measure(`${procedure}${by}`, GOALS.answer, (nth) => ({
      path: `/trpc/${procedure}${input ? encode(input(nth)) : ''}`,
      headers: session,
    }))
  const search = (what: string, read: (vm: Sample['vms'][number]) => string) =>
    measure(`VM search by ${what}`, GOALS.search, (nth) => {
      const vm = at(vms, nth)
      return { path: `/trpc/vm.page${encode({ search: vm ? read(vm) : 'none' })}`, headers: session }
    })
  const page = (name: string, path: (nth: number) => string, headers: Asked['headers'] = session) =>
    measure(name, GOALS.answer, (nth) => ({ path: path(nth), headers }))
  const host = (nth: number) => ({ id: at(hypervisors, nth)?.id })
  const vm = (nth: number) => ({ id: at(vms, nth)?.id })

  const made: Measurement[] = []
  const all = [
    () => query('fleet.summary'),
    () => query('fleet.skyline'),
    ...['worst', 'name', 'full'].map((sort) => () => query('fleet.page', () => ({ sort }), ` by ${sort}`)),
    () => query('fleet.counts', () => ({})),
    ...['since', 'name', 'hypervisor', 'status'].map((sort) => () => query('vm.page', () => ({ sort }), ` by ${sort}`)),
    () => query('vm.tally', () => ({})),
    () => query('vm.read', vm),
    () => query('hypervisor.head', host),
    () => query('hypervisor.taps', host),
    () => query('hypervisor.senders', host),
    () => query('hypervisor.headroom', (nth) => ({ ...host(nth), range: '24h' })),
    () => search('name', ({ name }) => name),
    () => search('uuid', ({ uuid }) => uuid),
    () => search('address', ({ gateway }) => gateway),
    () => search('tap', ({ tap }) => tap),
    () => search('hypervisor', ({ hypervisor }) => hypervisor),
    () => search('label', () => 'site=par1'),
    () => search('nothing that is there', () => 'zzzqqq'),
    () => page('page /', () => '/'),
    () => page('page /vms', () => '/vms'),
    () => page('page of a hypervisor', (nth) => `/hypervisors/${host(nth).id}`),
    () => page('page of a VM', (nth) => `/vms/${vm(nth).id}`),
    () => page('REST hypervisors', () => '/api/v1/hypervisors', bearer),
    () => page('REST hypervisor', (nth) => `/api/v1/hypervisors/${host(nth).id}`, bearer),
    () => page('REST vms', () => '/api/v1/vms', bearer),
    () => page('REST vm', (nth) => `/api/v1/vms/${vm(nth).id}`, bearer),
  ]
  try {
    for (const one of all) made.push(await one())
  } finally {
    agent.destroy()
  }
  return made
}

function encode(input: object): string {
  return `?input=${encodeURIComponent(JSON.stringify(input))}`
}

async function open(agent: Agent, server: string, { path, headers }: Asked): Promise<IncomingMessage> {
  const sent = request(new URL(path, server), { agent, headers: { ...headers, 'accept-encoding': 'gzip, br' } })
  sent.end()
  const [response]: IncomingMessage[] = await once(sent, 'response')
  if (response === undefined) throw new Error(`There is no answer to ${path}.`)
  return response
}

async function ask(agent: Agent, server: string, asked: Asked) {
  const started = performance.now()
  const response = await open(agent, server, asked)
  let bytes = 0
  for await (const chunk of response) bytes += Buffer.from(chunk).length
  return { status: response.statusCode, bytes, milliseconds: performance.now() - started }
}

/** The export of all VMs: when it begins and ends, and what it costs the server's memory. */
export async function measureCsv({ server, serverPid }: Options, cookie: string): Promise<readonly Measurement[]> {
  const agent = new Agent()
  const before = readMemory(serverPid).resident
  let most = before
  const watching = setInterval(() => {
    most = Math.max(most, readMemory(serverPid).resident)
  }, 100)
  try {
    const started = performance.now()
    const response = await open(agent, server, { path: '/api/export/vms.csv', headers: { cookie } })
    let bytes = 0
    let first: number | null = null
    for await (const chunk of response) {
      first ??= performance.now() - started
      bytes += Buffer.from(chunk).length
    }
    const seconds = (performance.now() - started) / 1000
    return [
      judge(figure('CSV of all VMs: first byte', first, 'ms'), GOALS.firstByte),
      figure(
        'CSV of all VMs: all of it',
        seconds,
        's',
        `${(bytes / MEGABYTE).toPrecision(3)} MB on the wire, status ${response.statusCode}`,
      ),
      judge(
        figure(
          'CSV of all VMs: memory',
          (most - before) / MEBIBYTE,
          'MiB',
          'more resident memory of the server at its highest',
        ),
        GOALS.memory,
      ),
    ]
  } finally {
    clearInterval(watching)
    agent.destroy()
  }
}

/** Milliseconds until the HTML of the page holds the words of its first heading, before any JavaScript runs. */
export async function measureHtml({ server }: Options, cookie: string): Promise<Measurement> {
  const agent = new Agent({ keepAlive: true })
  const taken: number[] = []
  try {
    for (let time = 0; time < TIMES / 4; time += 1) {
      const started = performance.now()
      const sent = request(server, { agent, headers: { cookie } }).end()
      const [response]: IncomingMessage[] = await once(sent, 'response')
      let html = ''
      let found: number | null = null
      for await (const chunk of response ?? []) {
        html += String(chunk)
        const heading = /<h1[^>]*>(.*?)<\/h1>/s.exec(html)?.[1]?.replaceAll(/<[^>]*>/g, '')
        if (heading !== undefined && heading.trim().length > 4) found ??= performance.now() - started
      }
      if (found === null)
        return figure('fleet page: answer in the HTML', null, 'ms', 'the HTML has no answer; only JavaScript writes it')
      taken.push(found)
    }
  } finally {
    agent.destroy()
  }
  return judge(figure('fleet page: answer in the HTML', quantile(taken, 0.95), 'ms', '95 %, uncompressed'), 1000)
}
