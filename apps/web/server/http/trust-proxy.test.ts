import { expect, test } from 'vitest'
import { countProxies, parseTrustProxy } from './trust-proxy.ts'

test.each([
  { text: 'false', chain: ['10.0.0.1', '192.0.2.1'], proxies: 0 },
  { text: '0', chain: ['10.0.0.1', '192.0.2.1'], proxies: 0 },
  { text: 'true', chain: ['10.0.0.1', '192.0.2.1'], proxies: 1 },
  { text: '2', chain: ['10.0.0.1', '10.0.0.2', '192.0.2.1'], proxies: 2 },
  { text: '10.0.0.0/8', chain: ['10.0.0.1', '10.9.0.2', '192.0.2.1', '10.0.0.3'], proxies: 2 },
  { text: '10.0.0.1, 2001:db8::/32', chain: ['2001:db8::7', '10.0.0.1', '10.0.0.2'], proxies: 2 },
  { text: '::1', chain: ['192.0.2.1', '::1'], proxies: 0 },
  { text: '0.0.0.0/0,::/0', chain: ['192.0.2.1', 'not an address'], proxies: 1 },
  { text: '127.0.0.1', chain: ['127.0.0.1'], proxies: 1 },
])('$text trusts $proxies of $chain', ({ text, chain, proxies }) => {
  const trust = parseTrustProxy(text)
  expect(trust && countProxies(trust, chain)).toBe(proxies)
})

test.each(['', 'maybe', '10', '-1', '10.0.0.0/33', '::/129', '10.0.0.0/8/8', '10.0.0.1,', 'proxy.example', '10.0.0/8'])(
  '%j is refused',
  (text) => {
    expect(parseTrustProxy(text)).toBe(null)
  },
)
