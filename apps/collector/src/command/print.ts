/** Writes to stdout; done when that has taken it, or nobody reads it any more, as with `| head`. Rejects where it cannot be written. */
export function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (error && !('code' in error && error.code === 'EPIPE'))
        reject(new Error(`stdout cannot be written: ${error.message}`))
      else resolve()
    })
  })
}

// The callbacks are told; a log that nobody takes, as while journald is restarted, must not end the collector.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
