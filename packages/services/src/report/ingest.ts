import type { IngestResponse, Report } from '@slashzero/contract/report'
import { isUnavailable } from '@slashzero/db'
import type { Push } from '@slashzero/core'
import type { CollectorActor, GuestActor, ServiceContext } from '../context.ts'
import { ServiceError } from '../error.ts'
import { createStateCache, type StateCache } from './state-cache.ts'
import { type Outcome, storeSubmissions, type Submission } from './store.ts'

/** The one door for reports of this process. */
export type Ingest = {
  /**
   * Stores the reports of one host, in the order observed; resolves when they are durable.
   * `receivedAt`: server clock in milliseconds when the request arrived.
   * Throws ServiceError, whose pointers begin with a report's place in the batch: `forbidden` for another host's report or a removed hypervisor, `invalid` naming the fields of
   * the reports that were left out (the others of the batch are stored), `unavailable` while stopping or when the
   * database is away.
   */
  submit(actor: CollectorActor, batch: readonly Report[], receivedAt: number): Promise<IngestResponse>
  /**
   * Stores what a guest said of its own default route; resolves when it is durable. Throws ServiceError: `conflict` where its VM is not
   * reported now, `forbidden` for one of a removed hypervisor, `unavailable` while stopping or when the database is away.
   */
  push(actor: GuestActor, push: Push, receivedAt: number): Promise<void>
  /** Refuses new reports and resolves when those under way are stored. */
  stop(): Promise<void>
}

const cachedThings = 300_000 // taps, VMs and sockets
const largestGroup = 100 // reports; bounds how long judging them keeps the process from all else

type Waiting = { readonly submission: Submission; readonly settle: (outcome: Outcome) => void }

/** Commits in groups: what arrives while one commit is under way is written together by the next. */
export function createIngest(context: ServiceContext): Ingest {
  const cache = createStateCache(cachedThings, context.now)
  const queue: Waiting[] = []
  let stopped = false
  let running: Promise<void> | undefined

  async function drain() {
    while (queue.length > 0) {
      const group = takeGroup(queue)
      const outcomes = await storeGroup(
        context,
        cache,
        group.map(({ submission }) => submission),
      )
      for (const [index, { settle }] of group.entries()) settle(outcomes[index] ?? { error: new Error('no outcome') })
    }
    running = undefined
  }

  async function store(submission: Submission): Promise<IngestResponse> {
    if (stopped) throw new ServiceError('unavailable', 'The server is stopping; send it again.')
    const outcome = await new Promise<Outcome>((settle) => {
      queue.push({ submission, settle })
      running ??= drain()
    })
    if ('response' in outcome) return outcome.response
    throw outcome.error
  }

  return {
    async submit(actor, batch, receivedAt) {
      requireOwnReports(actor, batch)
      return store({ actor, batch, receivedAt })
    },
    async push(actor, push, receivedAt) {
      await store({ actor, push, receivedAt })
    },
    async stop() {
      stopped = true
      await running
    },
  }
}

/** One host cannot write another's state. */
function requireOwnReports(actor: CollectorActor, batch: readonly Report[]) {
  const foreign = batch.findIndex((report) => report.host.id !== actor.hostId)
  if (foreign === -1) return
  throw new ServiceError(
    'forbidden',
    `This credential was issued to host ${actor.hostId}; it may report for no other.`,
    [{ pointer: `/${foreign}/host/id`, detail: 'names another host' }],
  )
}

function takeGroup(queue: Waiting[]): Waiting[] {
  let reports = 0
  const end = queue.findIndex(({ submission }, index) => {
    reports += 'batch' in submission ? submission.batch.length : 1
    return index > 0 && reports > largestGroup
  })
  return queue.splice(0, end === -1 ? queue.length : end)
}

/** A group that PostgreSQL refuses is stored one submission at a time, so that only the culprit fails. */
async function storeGroup(
  context: ServiceContext,
  cache: StateCache,
  group: readonly Submission[],
): Promise<Outcome[]> {
  try {
    return await storeSubmissions(context, cache, group)
  } catch (error) {
    if (isUnavailable(error)) {
      context.log.error({ err: error }, 'the database is away; reports are refused until it is back')
      const refusal = new ServiceError('unavailable', 'The database is away; send it again.', undefined, {
        cause: error,
      })
      return group.map(() => ({ error: refusal }))
    }
    if (group.length === 1) return [{ error }]
    context.log.warn({ err: error, submissions: group.length }, 'a group of reports is stored one by one')
    const outcomes: Outcome[] = []
    for (const submission of group) outcomes.push(...(await storeGroup(context, cache, [submission])))
    return outcomes
  }
}
