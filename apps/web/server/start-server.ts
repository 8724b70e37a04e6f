import { getHeapStatistics } from 'node:v8'
import { createServer, type Server } from 'node:http'
import { fileURLToPath } from 'node:url'
import { createAnswerIngest } from '@slashzero/api'
import { listen, makePartitions, NOTIFY_CHANNEL, openDatabase, readChange, type Database } from '@slashzero/db'
import {
  authenticateCollector,
  authenticateGuest,
  checkEnrolmentToken,
  createBaseCache,
  createIngest,
  enrol,
  pushRoutes,
  readChanged,
  readReadiness,
  readTotals,
  runWorker,
  type Actor,
  type ServiceContext,
} from '@slashzero/services'
import { demoArguments } from '@slashzero/demo/program'
import type { Logger } from 'pino'
import { createAuth } from './auth/create-auth.ts'
import { createDemoRunner } from './demo/run-demo.ts'
import type { Env } from './env.ts'
import { createRequestHandler, type WebParts } from './handle-request.ts'
import { listenOn } from './http/listen-on.ts'
import { readGuestScripts } from './install/read-guest-scripts.ts'
import { readPackages } from './install/read-packages.ts'
import { createWatch } from './live/watch-fleet.ts'
import type { Pages } from './pages/create-pages.ts'

/** The folder that `npm run package` fills. */
const PACKAGES = fileURLToPath(new URL('../../../dist', import.meta.url))
/** The scripts that guests run to push their own routes. */
const GUEST_SCRIPTS = fileURLToPath(new URL('../../collector/guest', import.meta.url))
const POOL_SIZE = 20
/** The time limit for receiving a request; answers have no limit. */
const REQUEST_MILLISECONDS = 30_000
/** How long open answers may take after the server begins to stop. */
const GRACE_MILLISECONDS = 3000

export type RunningServer = {
  readonly port: number
  /** Stops accepting, finishes open answers, and closes everything. */
  readonly stop: () => Promise<void>
}

export type PreparePages = (httpServer: Server, dev: boolean) => Promise<Pages>

/**
 * The composition root: opens what the roles need and answers on the one port. `preparePages` is called only with role
 * `web`. Throws an error of one sentence if the database or the port is not available.
 */
export async function startServer(env: Env, log: Logger, preparePages: PreparePages): Promise<RunningServer> {
  const parts = new AsyncDisposableStack()
  try {
    return await start(parts, env, log, preparePages)
  } catch (error) {
    await parts.disposeAsync()
    throw error
  }
}

async function start(
  parts: AsyncDisposableStack,
  env: Env,
  log: Logger,
  preparePages: PreparePages,
): Promise<RunningServer> {
  const dbLog = log.child({ unit: 'db' })
  const onIdleError = (err: Error) => dbLog.warn({ err }, 'an idle database connection broke')
  const db = openDatabase({ url: env.databaseUrl, poolSize: POOL_SIZE, onIdleError })
  parts.defer(() => db.close())
  const contextOf = (unit: string, actor: Actor): ServiceContext => ({
    db,
    now: Date.now,
    actor,
    log: log.child({ unit }),
  })
  const context = contextOf('api', { kind: 'anonymous' })
  await readReadiness(context)

  const stopping = new AbortController()
  const httpServer = createServer({ requestTimeout: REQUEST_MILLISECONDS, headersTimeout: REQUEST_MILLISECONDS })
  const answerIngest = env.roles.includes('ingest')
    ? await startIngest(parts, contextOf('ingest', { kind: 'anonymous' }))
    : null
  const web = env.roles.includes('web')
    ? await startWeb(parts, { env, db, log, httpServer, stopped: stopping.signal, preparePages })
    : null
  const isStopping = () => stopping.signal.aborted
  const httpLog = log.child({ unit: 'http' })
  httpServer.on(
    'request',
    createRequestHandler({ context, log: httpLog, trustProxy: env.trustProxy, isStopping, answerIngest, web }),
  )
  const port = await listenOn(httpServer, env.host, env.port)
  parts.defer(() => closeServer(httpServer))

  if (env.roles.includes('worker')) {
    const worker = runWorker(contextOf('worker', { kind: 'system' }), stopping.signal)
    worker.catch((error: unknown) => {
      // Without a worker a silent fleet would look healthy, so the process ends and is restarted.
      if (!stopping.signal.aborted) throw error
    })
    parts.defer(() => worker)
  }
  return {
    port,
    async stop() {
      stopping.abort()
      await parts.disposeAsync()
    },
  }
}

async function startIngest(parts: AsyncDisposableStack, context: ServiceContext) {
  // The worker makes them too, but may start later, in another process.
  await makePartitions(context.db, context.now()).catch((err: unknown) => {
    context.log.error({ err }, 'the partitions of the history could not be made; the worker tries again')
  })
  const memory = getHeapStatistics().heap_size_limit
  const ingest = createIngest(context, memory * STATES_SHARE)
  parts.defer(() => ingest.stop())
  return createAnswerIngest({
    now: context.now,
    log: context.log,
    bases: createBaseCache(memory / BASES_SHARE, context.now),
    verbs: {
      authenticate: (credential) => authenticateCollector(context, { credential }),
      submit: (actor, batch, receivedAt) => ingest.submit(actor, batch, receivedAt),
      authenticateGuest: (token) => authenticateGuest(context, { token }),
      push: (actor, format, table, receivedAt) => pushRoutes(ingest, actor, { format, table, receivedAt }),
      checkEnrolment: (token) => checkEnrolmentToken(context, { token }),
      enrol: (token, request) => enrol(context, { ...request, token }),
    },
  })
}

/** The states of 10,000 hosts of 100 VMs take 1.6 GB, which is two fifths of the memory that Node takes at most. */
const STATES_SHARE = 0.4
/** A base takes half its bytes of JSON beside the host's state, 1.4 times without: at most a quarter of the heap. */
const BASES_SHARE = 6

type WebNeeds = {
  readonly env: Env
  readonly db: Database
  readonly log: Logger
  readonly httpServer: Server
  readonly stopped: AbortSignal
  readonly preparePages: PreparePages
}

async function startWeb(parts: AsyncDisposableStack, needs: WebNeeds): Promise<WebParts> {
  const { env, db, log, httpServer, stopped, preparePages } = needs
  const context = { db, now: Date.now, actor: { kind: 'system' }, log: log.child({ unit: 'live' }) } as const
  const watch = createWatch({
    now: () => new Date().toISOString(),
    readChanged: (ids) => readChanged(context, ids),
    readTotals: () => readTotals(context),
    onError: (err) => context.log.warn({ err }, 'changes could not be read; open pages read again'),
  })
  const listener = await listen(
    env.databaseUrl,
    NOTIFY_CHANNEL,
    (payload) => watch.publish(readChange(payload)),
    () => watch.publish({ hypervisorId: null, verdict: true }),
  )
  parts.defer(() => listener.close())
  const pages = await preparePages(httpServer, env.dev)
  parts.defer(() => pages.close())
  const demoLoader = createDemoRunner(
    (enrolmentToken) => demoArguments({ server: reachableUrl(httpServer), enrolmentToken, hypervisors: 200 }),
    log.child({ unit: 'demo' }),
  )
  parts.defer(demoLoader.stop)
  const auth = { db, secret: env.secret, log: log.child({ unit: 'auth' }) }
  return {
    secret: env.secret,
    auth: { http: createAuth({ ...auth, secure: false }), https: createAuth({ ...auth, secure: true }) },
    api: {
      demoLoader,
      watch: (userId, watched, signal) => watch.watch(userId, watched, AbortSignal.any([signal, stopped])),
    },
    pages,
    readPackages: () => readPackages(PACKAGES),
    guestScripts: await readGuestScripts(GUEST_SCRIPTS),
    dev: env.dev,
  }
}

/** Waits for open answers, then cuts the remaining connections. */
async function closeServer(httpServer: Server): Promise<void> {
  const closed = new Promise((resolve) => httpServer.close(resolve))
  // A kept-alive connection becomes idle only after its answer has ended.
  const idle = setInterval(() => httpServer.closeIdleConnections(), 50)
  const late = setTimeout(() => httpServer.closeAllConnections(), GRACE_MILLISECONDS)
  await closed
  clearInterval(idle)
  clearTimeout(late)
}

/** The URL for processes on this machine. */
function reachableUrl(httpServer: Server): string {
  const address = httpServer.address()
  if (address === null || typeof address === 'string') throw new Error('the server does not listen')
  const everywhere = address.address === '::' || address.address === '0.0.0.0'
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return `http://${everywhere ? '127.0.0.1' : host}:${address.port}`
}
