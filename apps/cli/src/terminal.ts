/** An expected failure: one sentence for the person at the terminal, no stack. */
export class Refusal extends Error {
  override name = 'Refusal'
}

/**
 * Runs one step of a longer command and says on stderr how it goes: a ticking line on a terminal, plain lines
 * elsewhere, so that stdout stays for results.
 */
export async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const started = Date.now()
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`
  const terminal = process.stderr.isTTY
  if (!terminal) process.stderr.write(`${name} …\n`)
  const timer = setInterval(
    () => process.stderr.write(terminal ? `\r\u001B[2K${name} … ${seconds()}` : `${name} … ${seconds()}\n`),
    terminal ? 500 : 15_000,
  )
  let outcome = 'failed'
  try {
    const result = await work()
    outcome = 'done'
    return result
  } finally {
    clearInterval(timer)
    const line = `${name}: ${outcome} (${seconds()})`
    process.stderr.write(terminal ? `\r\u001B[2K${line}\n` : `${line}\n`)
  }
}

/** Shows progress of `done` in `total` on one line. */
export function showProgress(name: string, done: number, total: number): void {
  const percent = total === 0 ? 100 : Math.floor((100 * done) / total)
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[2K${name} … ${percent} %`)
  else if (done === total) process.stderr.write(`${name}: done\n`)
}
