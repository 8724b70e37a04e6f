import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSweep } from './sweep-memberships.ts'

/** A socket and its namespace, as the kernel keeps them. */
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
    skipTo: (ifindex: number) => {
      next = ifindex
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
  options: { other?: number; questions?: number; expected?: null; ofDaemon?: boolean } = {},
) {
  let left = options.questions ?? 1_000_000
  return sweep({
    socket: namespace.socket,
    live: new Set(namespace.live),
    readLive: () => namespace.live,
    expected: options.expected === null ? null : namespace.members.size + (options.other ?? 0),
    ofDaemon: options.ofDaemon ?? true,
    mayAsk: () => (left -= 1) >= 0,
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
  const { stale, complete, joined } = look(createSweep(), namespace)
  expect([stale, complete, joined.length]).toEqual([[], true, 400])
  expect(namespace.questions()).toBe(401)
})

test('spreads a long search over passes and is complete at its end', () => {
  const namespace = makeNamespace()
  const leaked = leak(namespace, 3)
  namespace.skip(5000)
  namespace.create(true)
  const sweep = createSweep()
  const passes = Array.from({ length: 8 }, () => {
    const before = namespace.questions()
    const { stale, complete } = look(sweep, namespace, { questions: 1000 })
    expect(namespace.questions() - before).toBeLessThanOrEqual(1003)
    return { stale, complete }
  })
  expect(passes[0]).toEqual({ stale: [], complete: false })
  expect(passes.at(-1)).toEqual({ stale: leaked, complete: true })
})

test('an interface that came during the search does not count as dead', () => {
  const namespace = makeNamespace()
  const live = new Set(namespace.live)
  const leaked = leak(namespace, 1)
  namespace.create(true)
  const { socket } = namespace
  const input = { socket, live, readLive: () => namespace.live, expected: 2, ofDaemon: true, mayAsk: () => true }
  const found = createSweep()(input)
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

test.each([
  { name: '364 from 100,000 on', beginnings: [[100_000, 364]] },
  {
    name: '20 low, 20 beyond 1,000,000, 20 beyond 2,000,000,000',
    beginnings: [
      [10, 20],
      [1_000_000, 20],
      [2_000_000_000, 20],
    ],
  },
])('stale memberships far above the only tap do not pass for live: $name', ({ beginnings }) => {
  const namespace = makeNamespace()
  namespace.create(true)
  for (const [from = 0, count = 0] of beginnings) {
    namespace.skipTo(from)
    leak(namespace, count)
  }
  const sweep = createSweep()
  for (let pass = 0; pass < 3; pass += 1) {
    const before = namespace.questions()
    const { stale, complete, joined } = look(sweep, namespace, { questions: 1000 })
    expect(joined).toEqual([2])
    expect(complete).toBe(false)
    expect(namespace.stale()).toEqual(expect.arrayContaining(stale))
    expect(namespace.questions() - before).toBeLessThanOrEqual(1100)
  }
})

test('continues a search until it finds memberships far above every interface', () => {
  const namespace = makeNamespace()
  namespace.create(true)
  namespace.skipTo(100_000)
  const leaked = leak(namespace, 364)
  const sweep = createSweep()
  const passes = Array.from({ length: 60 }, () => look(sweep, namespace, { questions: 4000 }))
  expect(passes.findIndex(({ complete }) => complete)).toBeGreaterThan(10)
  expect(passes.at(-1)).toEqual({ stale: leaked, complete: true, joined: [2] })
})

test('without the size of a membership it cannot tell whether it has found all', () => {
  const namespace = makeNamespace()
  const leaked = leak(namespace, 5)
  const found = look(createSweep(), namespace, { expected: null, questions: 10_000 })
  expect(found).toEqual({ stale: leaked, complete: false, joined: [] })
})

test('other contents of option memory neither hide nor invent memberships', () => {
  const namespace = makeNamespace()
  const leaked = leak(namespace, 5)
  const sweep = createSweep()
  for (let pass = 0; pass < 3; pass += 1) {
    expect(look(sweep, namespace, { other: 3, questions: 5000 })).toMatchObject({ stale: leaked, complete: false })
  }
})

test('the sweep ends for an unknown program without any membership', () => {
  const namespace = makeNamespace()
  const sweep = createSweep()
  const options = { other: 1, ofDaemon: false }
  expect(look(sweep, namespace, options)).toEqual({ stale: [], complete: true, joined: [] })
  const before = namespace.questions()
  for (let pass = 0; pass < 10; pass += 1) look(sweep, namespace, options)
  expect(namespace.questions() - before).toBeLessThan(11_000)
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
            ...look(sweep, namespace, { questions: one.questions }).stale.filter(
              (found) => !namespace.stale().includes(found),
            ),
          )
      }
      expect(invented).toEqual([])
      look(sweep, namespace)
      const { stale, complete, joined } = look(sweep, namespace)
      expect({ stale, complete }).toEqual({ stale: namespace.stale(), complete: true })
      expect(joined.toSorted((a, b) => a - b)).toEqual(
        [...namespace.members].filter((ifindex) => namespace.live.has(ifindex)).toSorted((a, b) => a - b),
      )
      namespace.create(true)
      expect(look(sweep, namespace, { other, questions: 5000 }).stale).toEqual(namespace.stale())
    }),
    { numRuns: 300 },
  )
})
