import { messageOf } from '@slashzero/contract/report'
import { captureConsole, createLog } from './log.ts'
import { readEnv } from './env.ts'
import { createPages } from './pages/create-pages.ts'
import { startServer, type RunningServer } from './start-server.ts'

const STOP_MILLISECONDS = 4500

async function main(): Promise<void> {
  const env = readEnv(process.env)
  const log = createLog(env.logLevel)
  captureConsole(log)
  const server = await startServer(env, log, createPages)
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'an unexpected error ends the process')
    process.exit(1)
  })
  const stop = once(() => stopWithin(server, () => log.warn({}, 'the process ends before all its work has ended')))
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  // The `slashzero start` that started this process is gone.
  process.once('disconnect', stop)
  log.info({ port: server.port, roles: env.roles }, 'listening')
}

async function stopWithin(server: RunningServer, onLate: () => void): Promise<void> {
  setTimeout(() => {
    onLate()
    process.exit(0)
  }, STOP_MILLISECONDS).unref()
  await server.stop()
  process.exit(0)
}

function once(action: () => Promise<void>): () => void {
  let done: Promise<void> | null = null
  return () => void (done ??= action())
}

main().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`)
  process.exit(1)
})
