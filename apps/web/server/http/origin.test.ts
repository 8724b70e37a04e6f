import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { isSameOrigin, readOrigin } from './origin.ts'

test.each([
  { origin: undefined, site: undefined, same: true, name: 'a program that is no browser' },
  { origin: 'http://hv:3000', site: undefined, same: true, name: 'a page of this server' },
  { origin: 'https://hv:3000', site: 'same-origin', same: true, name: 'a page behind a proxy that speaks https' },
  { origin: undefined, site: 'same-origin', same: true, name: 'a browser that sends no Origin' },
  { origin: 'http://evil', site: undefined, same: false, name: 'another host' },
  { origin: 'http://hv:3001', site: 'same-site', same: false, name: 'another port' },
  { origin: 'http://hv:3000.evil', site: undefined, same: false, name: 'a host that begins alike' },
  { origin: 'null', site: 'same-origin', same: false, name: 'a sandboxed page' },
  { origin: undefined, site: 'cross-site', same: false, name: 'another site without an Origin' },
])('$name: same origin is $same', ({ origin, site, same }) => {
  const headers = { host: 'hv:3000', ...(origin && { origin }), ...(site && { 'sec-fetch-site': site }) }
  const request = requestWith(headers)
  expect(isSameOrigin(request, readOrigin(request, false))).toBe(same)
})

test('a default port in Host is the same host', () => {
  const request = requestWith({ host: 'hv:443', origin: 'https://hv' })
  expect(isSameOrigin(request, readOrigin(request, false))).toBe(true)
})

test('proxy headers count only from a trusted proxy, and only the last entry', () => {
  const request = requestWith({
    host: 'inner:3000',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'slashzero.example',
    'x-forwarded-for': '1.2.3.4, 2001:db8::9',
  })
  expect(readOrigin(request, false)).toEqual({ protocol: 'http', host: 'inner:3000', source: 'unknown' })
  expect(readOrigin(request, true)).toEqual({ protocol: 'https', host: 'slashzero.example', source: '2001:db8::9' })
})

function requestWith(headers: Record<string, string>): IncomingMessage {
  return Object.assign(new IncomingMessage(new Socket()), { headers })
}
