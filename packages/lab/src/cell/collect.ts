import type { Readable } from 'node:stream'

/** Reads a stream to its end as text. */
export async function collect(stream: Readable | null): Promise<string> {
  let text = ''
  for await (const chunk of stream ?? []) text += String(chunk)
  return text
}
