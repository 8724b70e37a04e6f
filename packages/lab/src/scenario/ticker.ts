/** Prints sentences; on a terminal, also shows the time since the last sentence. */
export type Ticker = { say(sentence: string): void; stop(): void }

export function startTicker(): Ticker {
  const terminal = process.stdout.isTTY
  let since = Date.now()
  const clear = () => void (terminal && process.stdout.write('\r\u001B[2K'))
  const timer = setInterval(() => {
    if (!terminal) return
    clear()
    process.stdout.write(`… ${Math.round((Date.now() - since) / 1000)} s`)
  }, 1000)
  return {
    say(sentence) {
      clear()
      process.stdout.write(`${sentence}\n`)
      since = Date.now()
    },
    stop() {
      clearInterval(timer)
      clear()
    },
  }
}
