import { pino, type DestinationStream, type Logger } from 'pino'

const SECRETS = ['authorization', 'cookie', 'set-cookie', 'token', 'credential', 'password', 'secret', 'databaseUrl']

/** JSON lines; what names a secret is redacted by field, and a token by its shape wherever it turns up. */
export function createLog(level: string, destination: DestinationStream = pino.destination({ sync: true })): Logger {
  return pino(
    {
      level,
      base: null,
      redact: SECRETS.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
      hooks: { streamWrite: (line) => line.replaceAll(/sz_[a-z]+_[\w-]+/g, 'sz_[Redacted]') },
    },
    destination,
  )
}

/** Next and libraries write to the console; here that becomes log lines, as stdout is JSON alone. */
export function captureConsole(log: Logger): void {
  const words = (values: unknown[]) =>
    values.map((value) => (value instanceof Error ? value.stack : String(value))).join(' ')
  console.debug = (...values) => log.debug({}, words(values))
  console.log = (...values) => log.info({}, words(values))
  console.info = console.log
  console.warn = (...values) => log.warn({}, words(values))
  console.error = (...values) => log.error({}, words(values))
}
