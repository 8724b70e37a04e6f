import { setTimeout as sleep } from 'node:timers/promises'
import { adviseUnavailable, isUnavailable, StaleStateError } from '@slashzero/db'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../error.ts'
import { judgeGroup, type JudgedGroup, type Memory, type Outcome, type Submission, writeGroup } from './store.ts'

type Waiting = {
  readonly submission: Submission
  readonly weight: number
  readonly settle: (outcome: Outcome) => void
}

/** A queue of submissions that are judged and written in groups. */
export type Pipeline = {
  /** The submission's `settle` is called with the outcome, when durable. */
  enqueue(waiting: Waiting): void
  /** Resolves when every submission is settled. */
  drain(): Promise<void>
}

/** Judging 12,000 taps and checks takes about 150 ms; a larger batch is stored in parts. */
const MAX_WEIGHT = 12_000
/** The time from the start of a group to the next: a commit costs PostgreSQL as much as several reports. */
const GATHER_MILLISECONDS = 10
/** More attempts than this mean that another server takes reports of the same host at the same time. */
const MAX_ATTEMPTS = 8

type Options = {
  readonly context: ServiceContext
  readonly memory: Memory
  readonly loads: { read(hypervisorId: string): number; add(hypervisorId: string, load: number): void }
  /** How many groups are written at once. While they are written, the next group is judged. */
  readonly maxWriting: number
}

/**
 * Submissions that arrive during a commit share a later commit. The hosts that sent least go first. A host is in one
 * group at a time, so its submissions stay in order.
 */
export function createPipeline({ context, memory, loads, maxWriting }: Options): Pipeline {
  let queue: Waiting[] = []
  let running: Promise<void> | undefined
  const writing = new Set<Promise<void>>()
  const busy = new Set<string>()
  let nextAt = 0

  async function run() {
    while (queue.length > 0) {
      if (performance.now() < nextAt) await sleep(nextAt - performance.now())
      nextAt = performance.now() + GATHER_MILLISECONDS
      const { group, rest } = takeGroup(queue, busy, (id) => loads.read(id))
      queue = rest
      if (group.length > 0) await begin(group)
      if (group.length === 0 || writing.size >= maxWriting) await Promise.race(writing)
    }
    running = undefined
  }

  /** Resolves when the group is judged. */
  async function begin(group: readonly Waiting[]) {
    for (const { submission, weight } of group) {
      loads.add(submission.actor.hypervisorId, weight)
      busy.add(submission.actor.hypervisorId)
    }
    const submissions = group.map(({ submission }) => submission)
    const judged = await judgeGroup(context, memory, submissions).catch((error: unknown) => ({ error }))
    const written = end(group, submissions, judged).finally(() => writing.delete(written))
    writing.add(written)
  }

  async function end(
    group: readonly Waiting[],
    submissions: readonly Submission[],
    judged: JudgedGroup | { error: unknown },
  ) {
    const outcomes = await store(context, memory, submissions, judged)
    for (const { actor } of submissions) busy.delete(actor.hypervisorId)
    for (const [index, { settle }] of group.entries()) settle(outcomes[index] ?? { error: new Error('no outcome') })
  }

  return {
    enqueue(waiting) {
      queue.push(waiting)
      running ??= run()
    },
    async drain() {
      await running
      await Promise.all(writing)
    },
  }
}

/**
 * The hosts that sent and ask for least come first; the submissions of one host stay in order. Hosts in `busy` wait.
 * Empty if all wait.
 */
function takeGroup(
  queue: readonly Waiting[],
  busy: ReadonlySet<string>,
  loadOf: (hypervisorId: string) => number,
): { readonly group: readonly Waiting[]; readonly rest: Waiting[] } {
  const free = queue.filter(({ submission }) => !busy.has(submission.actor.hypervisorId))
  const loads = new Map<string, number>()
  for (const { submission, weight } of free) {
    const { hypervisorId } = submission.actor
    loads.set(hypervisorId, (loads.get(hypervisorId) ?? loadOf(hypervisorId)) + weight)
  }
  const rank = ({ submission }: Waiting) => loads.get(submission.actor.hypervisorId) ?? 0
  const ordered = free.toSorted((one, other) => rank(one) - rank(other))
  let sum = 0
  const end = ordered.findIndex(({ weight }, index) => {
    sum += weight
    return index > 0 && sum > MAX_WEIGHT
  })
  const taken = new Set(end === -1 ? ordered : ordered.slice(0, end))
  return { group: [...taken], rest: queue.filter((waiting) => !taken.has(waiting)) }
}

/** Writes a judged group. What PostgreSQL refuses is stored one by one, so that only the bad submission fails. */
async function store(
  context: ServiceContext,
  memory: Memory,
  group: readonly Submission[],
  judged: JudgedGroup | { error: unknown },
): Promise<readonly Outcome[]> {
  try {
    if ('error' in judged) throw judged.error
    return await writeGroup(context, memory, judged)
  } catch (error) {
    return recover(context, memory, group, error)
  }
}

async function recover(
  context: ServiceContext,
  memory: Memory,
  group: readonly Submission[],
  error: unknown,
): Promise<readonly Outcome[]> {
  if (isUnavailable(error)) {
    context.log.error({ err: error }, 'the database takes no reports; they are refused until it does')
    const refusal = new ServiceError('unavailable', adviseUnavailable(error), undefined, { cause: error })
    return group.map(() => ({ error: refusal }))
  }
  if (error instanceof StaleStateError) return storeAgain(context, memory, group, error)
  if (group.length === 1) return [{ error }]
  context.log.warn({ err: error, submissions: group.length }, 'a group of reports is stored one by one')
  const outcomes: Outcome[] = []
  for (const submission of group) {
    const judged = await judgeGroup(context, memory, [submission]).catch((cause: unknown) => ({ error: cause }))
    outcomes.push(...(await store(context, memory, [submission], judged)))
  }
  return outcomes
}

/** Another server wrote some of the hypervisors: judges the group again by the stored states. */
async function storeAgain(
  context: ServiceContext,
  memory: Memory,
  group: readonly Submission[],
  first: StaleStateError,
): Promise<readonly Outcome[]> {
  let stale = first
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    for (const id of stale.hypervisorIds) memory.cache.forget(id)
    try {
      return await writeGroup(context, memory, await judgeGroup(context, memory, group))
    } catch (error) {
      if (!(error instanceof StaleStateError)) return recover(context, memory, group, error)
      stale = error
    }
    await sleep(5 * 2 ** attempt * Math.random())
  }
  const advice = 'Another server takes reports of this host at the same time; send the request again.'
  const refusal = new ServiceError('unavailable', advice, undefined, { cause: stale })
  return group.map(() => ({ error: refusal }))
}
