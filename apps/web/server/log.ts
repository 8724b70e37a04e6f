import { pino, type DestinationStream, type Logger } from 'pino'

const SECRETS = ['authorization', 'cookie', 'set-cookie', 'token', 'credential', 'password', 'secret', 'databaseUrl']

/** Writes JSON lines. Secrets are redacted by field name, and tokens by their shape anywhere in a line. */
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

/** Turns console output of Next and libraries into log lines, because stdout holds only JSON. */
export function captureConsole(log: Logger): void {
  const words = (values: unknown[]) =>
    values.map((value) => (value instanceof Error ? value.stack : String(value))).join(' ')
  console.debug = (...values) => log.debug({}, words(values))
  console.log = (...values) => log.info({}, words(values))
  console.info = console.log
  console.warn = (...values) => log.warn({}, words(values))
  console.error = (...values) => log.error({}, words(values))
}
