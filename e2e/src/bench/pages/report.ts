// Reports for the hypervisors of `bench pages`, in a process of its own, so that the reports do not slow down what is
// measured. Says "ready" when each hypervisor has reported, and then how many reports a second were stored.
import { enrolSenders, planBenchHosts, prepareReports, sendClosed, sendOpen } from '@slashzero/lab/bench'
import { readOptions } from './options.ts'

const SEED = 70_003
const VMS = 100
const CONNECTIONS = 50
/** Reports are made for so many seconds at a time. */
const SECONDS = 5

const options = readOptions()
const target = { ...options, enrolmentToken: options.enrolmentToken }
const senders = await enrolSenders(
  target,
  planBenchHosts({ seed: SEED, hosts: options.real, vms: VMS, now: Date.now() }),
)
for (let pass = 0; pass < 2; pass += 1) {
  await prepareReports(senders, { count: 1, step: 0, deltas: false })
  await sendClosed(target, senders, { connections: CONNECTIONS, seconds: Number.POSITIVE_INFINITY })
}
process.stdout.write('ready\n')
const step = (1000 * senders.length) / options.rate
const each = Math.max(1, Math.round(options.rate * SECONDS))
for (let first = 0; ; first = (first + each) % senders.length) {
  const started = performance.now()
  const group = Array.from(
    { length: Math.min(each, senders.length) },
    (_, place) => senders[(first + place) % senders.length],
  )
  const own = group.filter((sender) => sender !== undefined)
  await prepareReports(own, { count: Math.ceil(each / own.length) + 2, step, deltas: true })
  const { latencies } = await sendOpen(target, own, { rate: options.rate, seconds: SECONDS })
  const rate = Math.round((1000 * latencies.length) / (performance.now() - started))
  process.stdout.write(`${rate} ${Math.round(latencies.toSorted((one, other) => one - other).at(-1) ?? 0)}\n`)
}
