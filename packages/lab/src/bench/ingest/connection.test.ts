import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { keepConnection, readAnswer } from './connection.ts'

const whole = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood'

test('an answer is read once it is whole, and the bytes after it are left', () => {
  for (let length = 0; length < whole.length; length += 1)
    expect(readAnswer(Buffer.from(whole.slice(0, length)))).toBeNull()
  expect(readAnswer(Buffer.from(`${whole}HTTP/1.1`))).toEqual({
    reply: { status: 200, body: 'good' },
    length: whole.length,
  })
})

test('an answer without content has no body, and an answer of unknown length is an error', () => {
  expect(readAnswer(Buffer.from('HTTP/1.1 204 No Content\r\n\r\n'))?.reply).toEqual({ status: 204, body: '' })
  expect(() => readAnswer(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'))).toThrow('states no length')
})

test('a request is sent again over another connection if the server ended the connection', async () => {
  let requests = 0
  const server = createServer((socket) => {
    socket.on('data', () => {
      requests += 1
      if (requests === 2) socket.resetAndDestroy()
      else socket.write(whole)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  const connection = keepConnection(new URL(`http://127.0.0.1:${address.port}`))
  const post = () => connection.post('POST / HTTP/1.1\r\n', Buffer.from('body'))
  expect([await post(), await post()]).toEqual([
    { status: 200, body: 'good' },
    { status: 200, body: 'good' },
  ])
  expect(requests).toBe(3)
  connection.close()
  server.close()
})
