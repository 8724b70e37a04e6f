import { type Agent, type IncomingMessage, request } from 'node:http'

export type Answer = { readonly status: number; readonly body: string; readonly milliseconds: number }

type Asked = { readonly method: 'GET' | 'POST'; readonly headers?: Record<string, string>; readonly body?: Buffer }

/**
 * Sends a request over a kept connection and reads the response. `fetch` costs the sender several times as much, and
 * the sender shares its cores with the measured program.
 */
export function exchange(agent: Agent, url: URL, { method, headers = {}, body }: Asked): Promise<Answer> {
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': body.length }
    const sent = request(url, { method, agent, headers: { ...headers, ...length } }, (response: IncomingMessage) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const milliseconds = performance.now() - started
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString(), milliseconds })
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
