import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { openStream } from './open-stream.ts'

class FakeSource extends EventTarget {
  static readonly CLOSED = 2
  static all: FakeSource[] = []
  readyState = 1
  readonly url: string
  constructor(url: string) {
    super()
    this.url = url
    FakeSource.all.push(this)
  }
  close() {
    this.readyState = 2
  }
  say(name: string, data = '') {
    this.dispatchEvent(new MessageEvent(name, { data }))
  }
}

const heard: string[] = []
const handlers = {
  onOpen: (again: boolean) => heard.push(`open ${again}`),
  onChange: ({ now }: { now: string }) => heard.push(`change ${now}`),
  onDown: () => heard.push('down'),
}
beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('EventSource', FakeSource)
  heard.length = 0
  FakeSource.all = []
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it('hands changes on, and opens the next stream after an end in order', () => {
  const close = openStream({ hypervisors: ['hv_1'], totals: false }, handlers)
  const [first] = FakeSource.all
  expect(first?.url).toBe('/trpc/live.watch?input=%7B%22hypervisors%22%3A%5B%22hv_1%22%5D%2C%22totals%22%3Afalse%7D')
  first?.say('connected', '{}')
  first?.say('message', '{"now":"a"}')
  first?.say('return')
  vi.advanceTimersByTime(200)
  FakeSource.all[1]?.say('connected', '{}')
  expect(heard).toEqual(['open false', 'change a', 'open true'])
  close()
  expect(FakeSource.all.map(({ readyState }) => readyState)).toEqual([2, 2])
  vi.advanceTimersByTime(100_000)
  expect(FakeSource.all).toHaveLength(2)
})

it.each([
  {
    name: 'refused',
    fault: (source: FakeSource) => {
      source.readyState = 2
      source.say('error')
    },
  },
  { name: 'failed by the server', fault: (source: FakeSource) => source.say('serialized-error', '{}') },
  { name: 'silent', fault: () => vi.advanceTimersByTime(45_000) },
])('says that a stream is down and opens the next one if it is $name', ({ fault }) => {
  openStream({ hypervisors: [], totals: true }, handlers)
  const [first] = FakeSource.all
  if (first) fault(first)
  expect(heard).toEqual(['down'])
  vi.advanceTimersByTime(5000)
  expect(FakeSource.all).toHaveLength(2)
})

it('leaves a broken stream to the browser, which opens it again', () => {
  openStream({ hypervisors: [], totals: true }, handlers)
  const [first] = FakeSource.all
  first?.say('connected', '{}')
  first?.say('error')
  first?.say('connected', '{}')
  expect(heard).toEqual(['open false', 'down', 'open true'])
  expect(FakeSource.all).toHaveLength(1)
})
