import type { IngestResponse, Report } from '@slashzero/contract/report'
import { adviseUnavailable, isUnavailable } from '@slashzero/db'
import type { Push } from '@slashzero/core'
import type { CollectorActor, GuestActor, ServiceContext } from '../context.ts'
import { ServiceError } from '../error.ts'
import { createStateCache, type StateCache } from './state-cache.ts'
import { type Outcome, storeSubmissions, type Submission } from './store.ts'

/** The only way for reports and pushes into this process. */
export type Ingest = {
  /**
   * Stores the reports of one host, in the order observed; resolves when durable. `receivedAt`: arrival in milliseconds.
   * Throws ServiceError with pointers that begin with a report's index: `forbidden` for another host or a removed hypervisor,
   * `invalid` for refused reports (the others are stored), `unavailable` while stopping or without the database.
   */
  submit(actor: CollectorActor, batch: readonly Report[], receivedAt: number): Promise<IngestResponse>
  /**
   * Stores a guest's push; resolves when durable. Throws ServiceError: `conflict` if no report names its VM now, `forbidden` for
   * a removed hypervisor, `unavailable` while stopping or without the database.
   */
  push(actor: GuestActor, push: Push, receivedAt: number): Promise<void>
  /** Refuses new reports; resolves when the current reports are stored. */
  stop(): Promise<void>
}

const MAX_CACHED = 300_000 // taps, VMs and sockets
const MAX_GROUP = 100 // reports; bounds how long judging blocks the process

type Waiting = { readonly submission: Submission; readonly settle: (outcome: Outcome) => void }

/** Commits in groups: reports that arrive during a commit share the next commit. */
export function createIngest(context: ServiceContext): Ingest {
  const cache = createStateCache(MAX_CACHED, context.now)
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
    if (stopped) throw new ServiceError('unavailable', 'The server is stopping; send the request again.')
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

/** A host cannot write the state of another host. */
function requireOwnReports(actor: CollectorActor, batch: readonly Report[]) {
  const foreign = batch.findIndex((report) => report.host.id !== actor.hostId)
  if (foreign === -1) return
  throw new ServiceError(
    'forbidden',
    `This credential was issued to host ${actor.hostId}; send only reports of this host.`,
    [{ pointer: `/${foreign}/host/id`, detail: 'names another host' }],
  )
}

function takeGroup(queue: Waiting[]): Waiting[] {
  let reports = 0
  const end = queue.findIndex(({ submission }, index) => {
    reports += 'batch' in submission ? submission.batch.length : 1
    return index > 0 && reports > MAX_GROUP
  })
  return queue.splice(0, end === -1 ? queue.length : end)
}

/** Stores a group that PostgreSQL refuses one submission at a time, so that only the bad submission fails. */
async function storeGroup(
  context: ServiceContext,
  cache: StateCache,
  group: readonly Submission[],
): Promise<Outcome[]> {
  try {
    return await storeSubmissions(context, cache, group)
  } catch (error) {
    if (isUnavailable(error)) {
      context.log.error({ err: error }, 'the database takes no reports; they are refused until it does')
      const refusal = new ServiceError('unavailable', adviseUnavailable(error), undefined, { cause: error })
      return group.map(() => ({ error: refusal }))
    }
    if (group.length === 1) return [{ error }]
    context.log.warn({ err: error, submissions: group.length }, 'a group of reports is stored one by one')
    const outcomes: Outcome[] = []
    for (const submission of group) outcomes.push(...(await storeGroup(context, cache, [submission])))
    return outcomes
  }
}
