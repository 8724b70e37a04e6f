import { ingestResponse, makeDelta, SEND_ALL, type IngestResponse, type Report } from '@slashzero/contract/report'
import { buildCheck, buildReport, buildTap } from '@slashzero/contract/testing'
import { createBaseCache, ServiceError, type CollectorActor } from '@slashzero/services'
import { expect, test } from 'vitest'
import { Refusal } from './refusal.ts'
import { createTakeReports } from './take-reports.ts'

const actor: CollectorActor = { kind: 'collector', hypervisorId: 'hv_1', hostId: 'host-0001' }

/** A server that stores reports as PostgreSQL does: once, by boot and sequence. */
function setUp(capacity = 1e6) {
  const stored: Report[] = []
  let cache = createBaseCache(capacity, () => 0)
  let failure: Error | null = null
  const submit = async (_: CollectorActor, batch: readonly Report[]): Promise<IngestResponse> => {
    if (failure !== null) throw failure
    const isOld = ({ sequence, host }: Report) =>
      stored.some((one) => one.host.bootId === host.bootId && one.sequence >= sequence)
    const fresh = batch.filter((one) => !isOld(one))
    stored.push(...fresh)
    return { accepted: fresh.length, duplicates: batch.length - fresh.length }
  }
  const bases = {
    get: (id: string) => cache.get(id),
    keep: (...told: Parameters<typeof cache.keep>) => cache.keep(...told),
  }
  const takeReports = createTakeReports({ submit, bases })
  async function send(body: unknown, by = actor) {
    const answer = await takeReports({ actor: by, body: Buffer.from(JSON.stringify(body)), receivedAt: 0 })
    if (typeof answer.body !== 'string') throw new TypeError('the answer is one piece')
    const said: unknown = JSON.parse(answer.body)
    return { status: answer.status, said, base: answer.status === 200 ? ingestResponse.parse(said).base : undefined }
  }
  return {
    stored,
    send,
    sendDelta: (base: string | undefined, from: Report, to: Report, by = actor) =>
      send({ ...makeDelta(base ?? 'none', from, to), sentAt: to.sentAt }, by),
    forget: () => {
      cache = createBaseCache(capacity, () => 0)
    },
    fail: (error: Error | null) => {
      failure = error
    },
  }
}

const reportAt = (seconds: number) =>
  buildReport(seconds, { taps: [buildTap(7, { routerAdvertsOut: seconds })], routeChecks: [buildCheck(seconds)] })
const [first, second, third, fourth] = [reportAt(0), reportAt(15), reportAt(30), reportAt(45)]
const reports = [first, second, third, fourth]
const sendAll = { status: 409, said: expect.objectContaining({ type: SEND_ALL, status: 409 }), base: undefined }

test('a host’s deltas are stored as the whole reports that they stand for', async () => {
  const { send, sendDelta, stored } = setUp()
  let { base } = await send([first])
  for (const [index, report] of reports.entries()) {
    const before = reports[index - 1]
    if (before === undefined) continue
    const answer = await sendDelta(base, before, report)
    expect(answer).toMatchObject({ status: 200, said: { accepted: 1, duplicates: 0 } })
    base = answer.base
  }
  expect(stored).toEqual(reports)
})

test('a delta that comes twice, because its acknowledgement was lost, is a duplicate', async () => {
  const { send, sendDelta, stored } = setUp()
  const { base } = await send(first)
  const once = await sendDelta(base, first, second)
  const twice = await sendDelta(base, first, second)
  expect(twice).toMatchObject({ said: { accepted: 0, duplicates: 1 }, base: once.base })
  expect(await sendDelta(twice.base, second, third)).toMatchObject({ said: { accepted: 1 } })
  expect(stored).toEqual([first, second, third])
})

test('a delta after a lost delta asks for the whole report, and then deltas go on', async () => {
  const { send, sendDelta, stored } = setUp()
  const { base } = await send(first)
  expect(await sendDelta('lost', second, third)).toEqual(sendAll)
  expect((await sendDelta(base, first, third)).status).toBe(200)
  const whole = await send([fourth])
  expect((await sendDelta(whole.base, fourth, reportAt(60))).status).toBe(200)
  expect(stored.map(({ sequence }) => sequence)).toEqual([0, 30, 45, 60])
})

test('a late delta is not applied to a newer report', async () => {
  const { send, sendDelta, stored } = setUp()
  const { base } = await send(first)
  await send(third)
  expect(await sendDelta(base, first, second)).toEqual(sendAll)
  expect(stored).toEqual([first, third])
})

test('a late delta against the newest report is stored by nobody', async () => {
  const { send, sendDelta, stored } = setUp()
  const { base } = await send(third)
  expect(await sendDelta(base, third, second)).toMatchObject({ said: { accepted: 0, duplicates: 1 } })
  expect(stored).toEqual([third])
})

test('a delta against a base that was never sent, or of another host, is not applied', async () => {
  const { send, sendDelta, stored } = setUp()
  expect(await sendDelta('never', first, second)).toEqual(sendAll)
  const { base } = await send(first)
  const other = { ...actor, hypervisorId: 'hv_2' }
  expect(await sendDelta(base, first, second, other)).toEqual(sendAll)
  expect(await send({ base: 7, sequence: 1 })).toEqual(sendAll)
  expect(await send({ base: null })).toEqual(sendAll)
  expect(stored).toEqual([first])
})

test('two collectors with one identity never build on each other’s reports', async () => {
  const { send, sendDelta, stored } = setUp()
  const left = await send(buildReport(1, { taps: [buildTap(7)] }))
  const right = await send(buildReport(2, { taps: [buildTap(8)] }))
  expect(await sendDelta(left.base, buildReport(1, { taps: [buildTap(7)] }), buildReport(3, { taps: [] }))).toEqual(
    sendAll,
  )
  expect((await sendDelta(right.base, buildReport(2, { taps: [buildTap(8)] }), reportAt(4))).status).toBe(200)
  expect(stored.at(-1)).toEqual(reportAt(4))
})

test('a server that forgets its cache between two deltas asks for the whole report', async () => {
  const { send, sendDelta, stored, forget } = setUp()
  const { base } = await send(first)
  const next = await sendDelta(base, first, second)
  forget()
  expect(await sendDelta(next.base, second, third)).toEqual(sendAll)
  const whole = await send([third])
  expect((await sendDelta(whole.base, third, fourth)).status).toBe(200)
  expect(stored).toEqual([first, second, third, fourth])
})

test('a report that is not durable is no base', async () => {
  const { send, sendDelta, stored, fail } = setUp()
  const { base } = await send(first)
  fail(new ServiceError('unavailable', 'no database'))
  await expect(sendDelta(base, first, second)).rejects.toThrow('no database')
  await expect(send([third])).rejects.toThrow('no database')
  fail(null)
  expect((await sendDelta(base, first, second)).status).toBe(200)
  expect(stored).toEqual([first, second])
})

test('a server without room for a base names none', async () => {
  const { send } = setUp(10)
  expect((await send(first)).said).toEqual({ accepted: 1, duplicates: 0 })
})

test('a delta that does not fit its base is refused by its field, and the base stays', async () => {
  const { send, sendDelta, stored, fail } = setUp()
  const { base } = await send(first)
  const wrong = { ...makeDelta(base ?? '', first, second), sentAt: second.sentAt, set: { membershipBytes: -1 } }
  await expect(send(wrong)).rejects.toThrow(Refusal)
  await expect(send(wrong)).rejects.toMatchObject({ status: 422, errors: [{ pointer: '/set/membershipBytes' }] })
  expect((await sendDelta(base, first, second)).status).toBe(200)
  expect(stored).toEqual([first, second])
  fail(new ServiceError('invalid', 'out of range', [{ pointer: '/0/observedAt', detail: 'is wrong' }]))
  await expect(send(third)).rejects.toMatchObject({ errors: [{ pointer: '/observedAt' }] })
})
