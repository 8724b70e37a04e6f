import { codeOf } from '@slashzero/contract/report'

/** Writes to stdout, and resolves also if nobody reads any more (`| head`). Rejects if stdout cannot be written. */
export function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (error && codeOf(error) !== 'EPIPE') reject(new Error(`stdout cannot be written: ${error.message}`))
      else resolve()
    })
  })
}

// Each write gets its error in its callback. A log without a reader, such as a restarting journald, must not end the
// collector.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
