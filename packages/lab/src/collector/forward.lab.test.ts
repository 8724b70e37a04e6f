import { createServer } from 'node:http'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { startCell } from '../cell/start.ts'
import { forward } from './forward.ts'

test('a server answers at the same address in a namespace that has only lo', async () => {
  const server = createServer((request, response) => response.end(`you asked for ${request.url}`)).listen(
    0,
    '127.0.0.1',
  )
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  const url = new URL(`http://127.0.0.1:${address.port}/a?b`)
  const cell = await startCell(['ip link set lo up'])
  try {
    const program = `console.log(await (await fetch('${url.href}')).text())`
    const ask = () => cell.run(process.execPath, ['--input-type=module', '-e', program])
    await expect(ask()).rejects.toThrow('ECONNREFUSED')
    forward(cell, url)
    expect(await ask()).toBe('you asked for /a?b\n')
  } finally {
    await cell.dispose()
    server.close()
  }
})

test('does not forward to another machine', async () => {
  const cell = await startCell([])
  expect(() => forward(cell, new URL('http://192.0.2.1:3000'))).toThrow('a server on this machine only')
  await cell.dispose()
})
