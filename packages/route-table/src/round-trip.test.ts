import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { readIpRoute, readIpRouteJson, readNetstat, readProcIpv6Route, readRoutePrint } from './index.ts'
import { fromHexAddress, readAddress } from './read-address.ts'

type Route = {
  prefix: string
  hex: string
  length: number
  gateway: string
  gatewayHex: string
  device: string
  metric: number
  lifetime: number | null
}

const group = fc.integer({ min: 0, max: 0xffff })
const address = fc.array(group, { minLength: 8, maxLength: 8 }).map((groups) => {
  const hex = groups.map((one) => one.toString(16).padStart(4, '0')).join('')
  return { hex, text: fromHexAddress(hex) }
})
const linkLocal = fc.array(group, { minLength: 4, maxLength: 4 }).map((groups) => {
  const hex = `fe80000000000000${groups.map((one) => one.toString(16).padStart(4, '0')).join('')}`
  return { hex, text: fromHexAddress(hex) }
})
const route = (isDefault: boolean) =>
  fc
    .record({
      destination: address,
      length: fc.integer({ min: 1, max: 128 }),
      gateway: linkLocal,
      device: fc.constantFrom('eth0', 'ens3', 'wg-0', 'default', 'via', 'enp0s31f6.4094'),
      metric: fc.integer({ min: 1, max: 0xffff_fffe }),
      lifetime: fc.option(fc.integer({ min: -60, max: 65_535 })),
    })
    .map(({ destination, length, gateway, device, metric, lifetime }): Route => ({
      device,
      metric,
      lifetime,
      prefix: isDefault ? '::' : destination.text,
      hex: isDefault ? '0'.repeat(32) : destination.hex,
      length: isDefault ? 0 : length,
      gateway: gateway.text,
      gatewayHex: gateway.hex,
    }))
const table = fc.record({
  routes: fc.array(route(false), { minLength: 1, maxLength: 8 }),
  defaults: fc.array(route(true), { maxLength: 3 }),
})

test("a kernel's hexadecimal address is the address of the same digits", () => {
  fc.assert(
    fc.property(address, ({ hex, text }) => {
      expect(readAddress(text)).toBe(text)
      expect(new URL(`http://[${text}]/`).hostname).toBe(`[${text}]`)
      expect(new URL(`http://[${hex.match(/.{4}/g)?.join(':')}]/`).hostname).toBe(`[${text}]`)
    }),
  )
})

test('reads back ip -6 route, as text and as JSON', () => {
  fc.assert(
    fc.property(table, ({ routes, defaults }) => {
      const expected = expectLifetimes(defaults)
      expect(readIpRoute([...routes, ...defaults].map(printIpRoute).join(''))).toMatchObject(expected)
      expect(readIpRouteJson(JSON.stringify([...routes, ...defaults].map(printIpRouteJson)))).toMatchObject(expected)
    }),
  )
})

test('/proc/net/ipv6_route', () => {
  fc.assert(
    fc.property(table, ({ routes, defaults }) => {
      const text = [...routes, ...defaults].map((one) => printProc(one, 0x0045_0003)).join('') + printNull()
      expect(readProcIpv6Route(text)).toMatchObject(expectLeastMetric(defaults))
    }),
  )
})

test('reads back route print in any language, with wrapped gateways', () => {
  fc.assert(
    fc.property(
      table,
      fc.constantFrom('On-link', 'Auf Verbindung', '在链路上', 'Bağlantıda'),
      ({ routes, defaults }, onLink) => {
        const rows = [
          ...defaults.map((one) => printWindows(one, one.gateway)),
          '  1    331 ::1/128                  X\r\n',
        ]
        const text = [...rows, ...routes.map((one) => printWindows(one, onLink)), '====\r\nX:\r\n  X\r\n']
          .join('')
          .replaceAll('X', onLink)
        const { state, gateway } = expectLeastMetric(defaults)
        expect(readRoutePrint(text)).toMatchObject(gateway === undefined ? { state } : { state, gateway })
      },
    ),
  )
})

test('netstat -rn', () => {
  fc.assert(
    fc.property(table, ({ routes, defaults }) => {
      const heading = 'Routing tables\n\nInternet6:\nDestination Gateway Flags Netif Expire\n'
      const rows = [...defaults.slice(0, 1), ...routes].map(
        (one) =>
          `${one.length === 0 ? 'default' : `${one.prefix}/${one.length}`}  ${one.gateway}%${one.device} UG ${one.device} ${one.lifetime ?? ''}\n`,
      )
      const [first] = defaults
      const expired = first !== undefined && first.lifetime !== null && first.lifetime <= 0
      const state = first === undefined ? 'absent' : expired ? 'expired' : 'present'
      expect(readNetstat(`${heading}${rows.join('')}::1 link#2 UHS lo0\n`)).toMatchObject({
        state,
        gateway: first?.gateway ?? null,
      })
    }),
  )
})

/** Of the live routes, the route with the lowest metric; otherwise of the expired routes. */
function expectLifetimes(defaults: readonly Route[]) {
  const alive = defaults.filter(({ lifetime }) => lifetime === null || lifetime > 0)
  if (alive.length > 0) return { ...expectLeastMetric(alive), expiresInSeconds: least(alive)?.lifetime }
  return defaults.length === 0 ? { state: 'absent' } : { state: 'expired', gateway: least(defaults)?.gateway }
}

function expectLeastMetric(defaults: readonly Route[]) {
  const best = least(defaults)
  return best === undefined ? { state: 'absent' } : { state: 'present', gateway: best.gateway }
}

function least(routes: readonly Route[]): Route | undefined {
  return routes.toSorted((left, right) => left.metric - right.metric)[0]
}

function printIpRoute({ prefix, length, gateway, device, metric, lifetime }: Route): string {
  const destination = length === 0 ? 'default' : length === 128 ? prefix : `${prefix}/${length}`
  const expires = lifetime === null ? '' : ` expires ${lifetime}sec`
  return `${destination} via ${gateway} dev ${device} proto ra metric ${metric}${expires} hoplimit 64 pref medium\n`
}

function printIpRouteJson({ prefix, length, gateway, device, metric, lifetime }: Route) {
  const dst = length === 0 ? 'default' : length === 128 ? prefix : `${prefix}/${length}`
  return {
    dst,
    gateway,
    dev: device,
    protocol: 'ra',
    metric,
    flags: [],
    ...(lifetime === null ? {} : { expires: lifetime }),
    pref: 'medium',
  }
}

function printProc({ hex, length, gatewayHex, device, metric }: Route, flags: number): string {
  const zero = '0'.repeat(32)
  return `${hex} ${hexadecimal(length, 2)} ${zero} 00 ${gatewayHex} ${hexadecimal(metric, 8)} 00000001 00000000 ${hexadecimal(flags, 8)} ${device.padStart(8)}\n`
}

function printNull(): string {
  const zero = '0'.repeat(32)
  return `${zero} 00 ${zero} 00 ${zero} ffffffff 00000001 00000000 00200200       lo\n`
}

function printWindows({ prefix, length, metric }: Route, gateway: string): string {
  const destination = `${prefix}/${length}`
  const start = ` 13 ${String(metric).padStart(6)} ${destination.padEnd(24)}`
  return destination.length > 24 ? `${start}\r\n${' '.repeat(36)}${gateway}\r\n` : `${start} ${gateway}\r\n`
}

function hexadecimal(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}
