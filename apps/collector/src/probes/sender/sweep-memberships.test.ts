import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSweep } from './sweep-memberships.ts'

/** A socket and its namespace, as the kernel would keep them. */
function makeNamespace() {
  const live = new Set([1])
  const members = new Set<number>()
  let next = 2
  let questions = 0
  return {
    live,
    members,
    questions: () => questions,
    stale: () => [...members].filter((ifindex) => !live.has(ifindex)).toSorted((a, b) => a - b),
    create: (joined: boolean) => {
      live.add(next)
      if (joined) members.add(next)
      next += 1
      return next - 1
    },
    skip: (count: number) => {
      next += count
    },
    socket: {
      memory: () => new Uint8Array(),
      holdsAllRouters: (ifindex: number) => {
        questions += 1
        return members.has(ifindex)
      },
    },
  }
}

type Namespace = ReturnType<typeof makeNamespace>

function look(
  sweep: ReturnType<typeof createSweep>,
  namespace: Namespace,
  options: { other?: number; questions?: number; expected?: null } = {},
) {
  return sweep({
    socket: namespace.socket,
    live: new Set(namespace.live),
    readLive: () => namespace.live,
    expected: options.expected === null ? null : namespace.members.size + (options.other ?? 0),
    questions: options.questions ?? 1_000_000,
  })
}

function leak(namespace: Namespace, count: number): number[] {
  return Array.from({ length: count }, () => {
    const ifindex = namespace.create(true)
    namespace.live.delete(ifindex)
    return ifindex
  })
}

test('finds memberships that leaked above every live interface', () => {
  const namespace = makeNamespace()
  const leaked = leak(namespace, 60)
  expect(look(createSweep(), namespace)).toMatchObject({ stale: leaked, joined: [] })
})

test('asks little if nothing leaked, however high the indexes are', () => {
  const namespace = makeNamespace()
  namespace.skip(1_000_000)
  for (let count = 0; count < 400; count += 1) namespace.create(true)
  const { stale, joined } = look(createSweep(), namespace)
  expect([stale, joined.length]).toEqual([[], 400])
  expect(namespace.questions()).toBe(401)
})

test('spreads a long search over passes and reports nothing until its end', () => {
  const namespace = makeNamespace()
  const leaked = leak(namespace, 3)
  namespace.skip(5000)
  namespace.create(true)
  const sweep = createSweep()
  const passes = Array.from({ length: 8 }, () => look(sweep, namespace, { questions: 1000 }))
  expect(passes.every(({ asked }) => asked <= 1001)).toBe(true)
  expect(passes[0]?.stale).toBeNull()
  expect(passes.at(-1)?.stale).toEqual(leaked)
})

test('an interface that came during the search does not count as dead', () => {
  const namespace = makeNamespace()
  const live = new Set(namespace.live)
  const leaked = leak(namespace, 1)
  namespace.create(true)
  const { socket } = namespace
  const found = createSweep()({ socket, live, readLive: () => namespace.live, expected: 2, questions: 10_000 })
  expect(found.stale).toEqual(leaked)
})

test('forgets a dropped membership', () => {
  const namespace = makeNamespace()
  const leaked = leak(namespace, 5)
  const sweep = createSweep()
  look(sweep, namespace)
  for (const ifindex of leaked.slice(0, 2)) namespace.members.delete(ifindex)
  expect(look(sweep, namespace).stale).toEqual(leaked.slice(2))
})

test('finds a new membership in a searched range while an unfound one is dropped', () => {
  const namespace = makeNamespace()
  const [dropped = 0] = leak(namespace, 1)
  namespace.create(false)
  const sweep = createSweep()
  look(sweep, namespace, { questions: 1 })
  const leaked = leak(namespace, 1)
  namespace.members.delete(dropped)
  expect(look(sweep, namespace).stale).toEqual(leaked)
})

test('finds memberships even if their size is unknown', () => {
  const namespace = makeNamespace()
  const leaked = leak(namespace, 5)
  expect(look(createSweep(), namespace, { expected: null }).stale).toEqual(leaked)
})

test('other contents of option memory hide and invent nothing, and end the search', () => {
  const namespace = makeNamespace()
  const leaked = leak(namespace, 5)
  const sweep = createSweep()
  expect(look(sweep, namespace, { other: 3 }).stale).toEqual(leaked)
  const before = namespace.questions()
  expect(look(sweep, namespace, { other: 3 }).stale).toEqual(leaked)
  expect(namespace.questions() - before).toBeLessThan(10)
})

test('asks a socket with one membership only for that interface, until it leaves', () => {
  const namespace = makeNamespace()
  for (let count = 0; count < 1000; count += 1) namespace.create(false)
  const own = namespace.create(true)
  const sweep = createSweep()
  expect(look(sweep, namespace)).toMatchObject({ stale: [], joined: [own] })
  const before = namespace.questions()
  for (let pass = 0; pass < 10; pass += 1) expect(look(sweep, namespace).joined).toEqual([own])
  expect(namespace.questions() - before).toBe(10)
  namespace.members.delete(own)
  namespace.members.add(500)
  expect(look(sweep, namespace)).toMatchObject({ stale: [], joined: [500] })
})

test('notices that one membership was dropped and another joined', () => {
  const namespace = makeNamespace()
  const [leaked = 0] = leak(namespace, 1)
  const own = namespace.create(true)
  const sweep = createSweep()
  expect(look(sweep, namespace)).toMatchObject({ stale: [leaked], joined: [own] })
  namespace.members.delete(leaked)
  const other = namespace.create(true)
  expect(look(sweep, namespace)).toMatchObject({ stale: [], joined: [own, other] })
})

test('finds exactly the stale memberships after any history of a host', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('create' as const), joined: fc.boolean() }),
    fc.record({ kind: fc.constant('leak' as const), count: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ kind: fc.constant('delete' as const), nth: fc.nat(20) }),
    fc.record({ kind: fc.constant('drop' as const), nth: fc.nat(20) }),
    fc.record({ kind: fc.constant('look' as const), questions: fc.integer({ min: 0, max: 300 }) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.nat(3), (steps, other) => {
      const namespace = makeNamespace()
      const sweep = createSweep()
      const invented: number[] = []
      for (const one of steps) {
        if (one.kind === 'create') namespace.create(one.joined)
        else if (one.kind === 'leak') leak(namespace, one.count)
        else if (one.kind === 'delete')
          namespace.live.delete([...namespace.live].filter((ifindex) => ifindex > 1)[one.nth] ?? 0)
        else if (one.kind === 'drop') namespace.members.delete(namespace.stale()[one.nth] ?? 0)
        else
          invented.push(
            ...(look(sweep, namespace, { questions: one.questions }).stale ?? []).filter(
              (found) => !namespace.stale().includes(found),
            ),
          )
      }
      expect(invented).toEqual([])
      look(sweep, namespace)
      const { stale, joined } = look(sweep, namespace)
      expect(stale).toEqual(namespace.stale())
      expect(joined.toSorted((a, b) => a - b)).toEqual(
        [...namespace.members].filter((ifindex) => namespace.live.has(ifindex)).toSorted((a, b) => a - b),
      )
      namespace.create(true)
      expect(look(sweep, namespace, { other }).stale).toEqual(namespace.stale())
    }),
    { numRuns: 300 },
  )
})
