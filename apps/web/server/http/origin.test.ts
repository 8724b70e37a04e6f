import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { isSameOrigin, readOrigin } from './origin.ts'
import { parseTrustProxy } from './trust-proxy.ts'

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
  expect(isSameOrigin(request, readOrigin(request, { hops: 0 }))).toBe(same)
})

test('a default port in Host is the same host', () => {
  const request = requestWith({ host: 'hv:443', origin: 'https://hv' })
  expect(isSameOrigin(request, readOrigin(request, { hops: 0 }))).toBe(true)
})

test('proxy headers count only from a trusted proxy, and only the last entry', () => {
  const request = requestWith({
    host: 'inner:3000',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'slashzero.example',
    'x-forwarded-for': '1.2.3.4, 2001:db8::9',
  })
  expect(readOrigin(request, { hops: 0 })).toEqual({ protocol: 'http', host: 'inner:3000', source: 'unknown' })
  expect(readOrigin(request, { hops: 1 })).toEqual({
    protocol: 'https',
    host: 'slashzero.example',
    source: '2001:db8::9',
  })
})

test('behind two proxies the client is the third address from the right', () => {
  const headers = {
    'x-forwarded-proto': 'https, http',
    'x-forwarded-host': 'slashzero.example',
    'x-forwarded-for': '6.6.6.6, 2001:db8::9, 10.0.0.2',
  }
  expect(readOrigin(requestWith(headers), { hops: 2 })).toEqual({
    protocol: 'https',
    host: 'slashzero.example',
    source: '2001:db8::9',
  })
})

test('the headers of a peer outside the trusted networks do not count', () => {
  const trust = parseTrustProxy('10.0.0.0/8') ?? { hops: 0 }
  const headers = { host: 'hv', 'x-forwarded-proto': 'https', 'x-forwarded-for': '6.6.6.6' }
  const from = (remoteAddress: string) =>
    readOrigin(Object.assign(requestWith(headers), { socket: { remoteAddress } }), trust)
  expect(from('192.0.2.7')).toEqual({ protocol: 'http', host: 'hv', source: '192.0.2.7' })
  expect(from('::ffff:10.0.0.2')).toEqual({ protocol: 'https', host: 'hv', source: '6.6.6.6' })
})

function requestWith(headers: Record<string, string>): IncomingMessage {
  return Object.assign(new IncomingMessage(new Socket()), { headers })
}
