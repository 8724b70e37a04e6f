import type { LiveChange, Watched } from '@slashzero/contract/page'
import { TRPC_URL } from '../call.ts'

const REOPEN_MILLISECONDS = 5000
const NEXT_MILLISECONDS = 200
/** The server sends a ping every 15 s; a stream that says nothing for longer is dead. */
const SILENCE_MILLISECONDS = 45_000

export type StreamHandlers = {
  /** `again`: a stream was open before, and changes since then are unknown. */
  readonly onOpen: (again: boolean) => void
  readonly onChange: (change: LiveChange) => void
  readonly onDown: () => void
}

/**
 * Keeps one stream of changes open until the returned function is called. The events are those of a tRPC subscription:
 * `connected`, `ping`, `return` at an end in order, `serialized-error`, and messages without a name.
 */
export function openStream(watched: Watched, { onOpen, onChange, onDown }: StreamHandlers): () => void {
  const url = `${TRPC_URL}/live.watch?input=${encodeURIComponent(JSON.stringify(watched))}`
  let source: EventSource | undefined
  let reopening: ReturnType<typeof setTimeout> | undefined
  let silence: ReturnType<typeof setTimeout> | undefined
  let wasOpen = false

  const open = () => {
    source = new EventSource(url)
    source.addEventListener('connected', () => {
      listen()
      onOpen(wasOpen)
      wasOpen = true
    })
    source.addEventListener('ping', listen)
    source.addEventListener('message', ({ data }: MessageEvent<string>) => {
      listen()
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the output schema of live.watch
      onChange(JSON.parse(data) as LiveChange)
    })
    // The server ends an old stream in order, so that the next stream proves its session.
    source.addEventListener('return', () => openAfter(NEXT_MILLISECONDS))
    source.addEventListener('serialized-error', fail)
    source.addEventListener('error', () => {
      onDown()
      // The browser itself opens a broken stream again, but not a refused stream.
      if (source?.readyState === EventSource.CLOSED) openAfter(REOPEN_MILLISECONDS)
    })
    listen()
  }
  const listen = () => {
    clearTimeout(silence)
    silence = setTimeout(fail, SILENCE_MILLISECONDS)
  }
  const fail = () => {
    onDown()
    openAfter(REOPEN_MILLISECONDS)
  }
  const close = () => {
    source?.close()
    clearTimeout(silence)
    clearTimeout(reopening)
  }
  const openAfter = (milliseconds: number) => {
    close()
    reopening = setTimeout(open, milliseconds)
  }
  open()
  return close
}
