import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { buildAdvertisement, buildCheck, buildSender, buildSocket, buildTap, goldenJson } from '../testing/index.ts'
import { compileSchema, REFUSED } from './compile-schema.ts'
import { list, maxItemsOf } from './list.ts'
import {
  configuredInterface,
  probeRun,
  report,
  routeCheckReport,
  seenAdvertisement,
  senderReport,
  socketReport,
  tapReport,
} from './report.ts'

const golden = report.parse(goldenJson())
const [router] = golden.namespaces.flatMap(({ senders }) => senders)
const prefix = {
  prefix: '2001:db8::',
  onLink: true,
  autonomous: true,
  validLifetimeSeconds: null,
  preferredLifetimeSeconds: 4,
}
const parts: { name: string; schema: z.ZodType; valid: object }[] = [
  { name: 'a tap', schema: tapReport, valid: buildTap(7, { advertisements: [buildAdvertisement()] }) },
  { name: 'a check', schema: routeCheckReport, valid: buildCheck(0, { reason: 'é\u202e' }) },
  { name: 'an advertisement', schema: seenAdvertisement, valid: buildAdvertisement({ prefixes: [prefix] }) },
  { name: 'a socket', schema: socketReport, valid: buildSocket() },
  { name: 'a sender', schema: senderReport, valid: router ?? buildSender() },
  {
    name: 'an interface',
    schema: configuredInterface,
    valid: {
      name: 'tap7',
      sendsAdverts: true,
      unicastOnly: false,
      minIntervalSeconds: 200,
      maxIntervalSeconds: 600,
      routerLifetimeSeconds: 1800,
      prefixes: [prefix],
      clients: 2,
    },
  },
  { name: 'a run', schema: probeRun, valid: { probe: 'optmem', outcome: 'ok', milliseconds: 1.5, error: null } },
]

const texts = ['', 'é', '\u0007', '\ud800', 'x'.repeat(61), 'x'.repeat(256), 'x'.repeat(501), 'tap', 'sent', 'ABCDEF00']
const forms = ['2026-02-30T00:00:00Z', '2026-01-01T00:00:00+01:00', 'ABCDEF00-0000-4000-8000-00000000000A']
const numbers = [-1, 0, -0, 0.5, 2 ** 31, 2 ** 33, 2 ** 53, Infinity, NaN]
const lists = [[], [null], Array.from({ length: 17 }, () => prefix)]
const objects = [null, undefined, true, {}, { constructor: 1 }, JSON.parse('{"__proto__":1}')]
const strange: unknown[] = [...objects, ...texts, ...forms, ...numbers, ...lists]

/** The value with each field, also of an object within, missing or of a strange value, and with a field more. */
function* vary(value: object): Generator<object> {
  yield { ...value, later: 1 }
  yield Object.assign(JSON.parse('{"__proto__":1}'), value)
  for (const [name, inner] of Object.entries(value)) {
    for (const other of strange) yield { ...value, [name]: other }
    yield Object.fromEntries(Object.entries(value).filter(([one]) => one !== name))
    if (Array.isArray(inner)) {
      for (const item of inner.slice(0, 1))
        for (const one of vary({ item })) yield { ...value, [name]: Object.values(one) }
    } else if (typeof inner === 'object' && inner !== null) {
      for (const one of vary(inner)) yield { ...value, [name]: one }
    }
  }
}

describe.each(parts)('$name', ({ schema, valid }) => {
  const read = compileSchema(schema, maxItemsOf)

  test('is read if valid, without a copy if nothing is to change', () => {
    const parsed = schema.parse(valid)
    expect(read(valid)).toEqual(parsed)
    expect(read(parsed)).toBe(parsed)
  })

  test('is read as the schema reads it, or left to the schema', () => {
    let accepted = 0
    for (const value of vary(valid)) {
      const before = structuredClone(value)
      const got = read(value)
      expect(value).toEqual(before)
      const { success, data } = schema.safeParse(value)
      if (got === REFUSED) continue
      accepted += 1
      expect(success).toBe(true)
      expect(got).toStrictEqual(data)
    }
    expect(accepted).toBeGreaterThan(5)
  })
})

test('a schema that the compiler does not know reads for itself', () => {
  const schema = z.object({
    a: z.union([z.literal(1), z.string().transform(Number)]),
    b: z.strictObject({}).optional(),
    c: list(z.string().regex(/^x/).min(2), 2).default(['xx']),
  })
  const read = compileSchema(schema, maxItemsOf)
  for (const value of [{ a: '7' }, { a: 1, b: {} }, { a: 1, c: ['xy'] }])
    expect(read(value)).toEqual(schema.parse(value))
  for (const value of [{ a: 2 }, { a: 1, b: { c: 1 } }, { a: 1, c: ['x'] }, { a: 1, c: ['xx', 'xx', 'xx'] }])
    expect(read(value)).toBe(REFUSED)
})
