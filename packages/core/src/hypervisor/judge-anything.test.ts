import type { Report, TapReport } from '@slashzero/contract/report'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { START } from '@slashzero/contract/testing'
import type { HypervisorState, Judgement } from '../state.ts'
import { anyReport } from '../testing/any-report.ts'
import { judgeReport } from './judge-report.ts'
import { judgeTime } from './judge-time.ts'

const RUNS = { numRuns: 400 }

const arrivals = fc.tuple(anyReport, fc.integer({ min: START - 900_000, max: START + 900_000 }))
const histories = fc.array(arrivals, { minLength: 1, maxLength: 5 })

function play(history: readonly (readonly [Report, number])[]): { states: HypervisorState[]; judgements: Judgement[] } {
  const judgements: Judgement[] = []
  for (const [report, receivedAt] of history)
    judgements.push(judgeReport(judgements.at(-1)?.state ?? null, report, receivedAt))
  return { judgements, states: judgements.map(({ state }) => state) }
}

/** What a state has in another form than the report. */
const apart = { vm: undefined, listener: undefined, advertisements: undefined }

function routersOf(seen: readonly { source: string; direction: string }[] | null | undefined): string[] {
  return (seen ?? []).map(({ source, direction }) => `${direction} ${source}`)
}

describe('whatever a valid report says', () => {
  test('the state survives a round trip through JSON', () => {
    fc.assert(
      fc.property(histories, (history) => {
        for (const { state, transitions, samples } of play(history).judgements) {
          expect(JSON.parse(JSON.stringify({ state, transitions, samples }))).toEqual({ state, transitions, samples })
        }
      }),
      RUNS,
    )
  })

  test('every time is a date, and not later than the arrival', () => {
    fc.assert(
      fc.property(histories, (history) => {
        for (const [index, { state, transitions }] of play(history).judgements.entries()) {
          expect(state.observedAt).toBeLessThanOrEqual(
            Math.max(...history.slice(0, index + 1).map(([, receivedAt]) => receivedAt)),
          )
          const times = [
            state.observedAt,
            state.statusSince,
            state.judgeAgainAt,
            ...transitions.map((transition) => transition.at),
            ...state.vms.flatMap(({ route }) => [
              route.since,
              route.checkedAt ?? 0,
              route.expiresAt ?? 0,
              route.countdown?.endsAt ?? 0,
            ]),
            ...state.sockets.map((socket) => socket.fullAt ?? 0),
          ]
          for (const time of times) expect(new Date(time).toISOString()).toMatch(/^\d{4}-/)
        }
      }),
      RUNS,
    )
  })

  test('keys are unique, and every bad verdict has a reason', () => {
    fc.assert(
      fc.property(histories, (history) => {
        for (const { sockets: sender, taps: tap, vms: vm, ...state } of play(history).states) {
          for (const keys of [sender, tap, vm].map((items) => items.map(({ key }) => key)))
            expect(new Set(keys).size).toBe(keys.length)
          expect(state.statusReason).not.toBe('')
          for (const { statusReason } of tap) expect(statusReason).not.toBe('')
          for (const { route } of vm) expect(route.status === 'ok' || route.reason).toBeTruthy()
        }
      }),
      RUNS,
    )
  })

  test('the taps are those of the newest report', () => {
    fc.assert(
      fc.property(histories, anyReport, (history, report) => {
        const before = lastState(history)
        const now = new Date(before.observedAt + 15_000).toISOString()
        const host = { ...report.host, bootId: before.bootId }
        const newest = {
          ...report,
          unreadNamespaces: [],
          host,
          sequence: before.memory.sequence + 1,
          observedAt: now,
          sentAt: now,
        }
        const { taps: judged } = judgeReport(before, newest, Date.parse(now)).state
        const told = new Map<string, TapReport>(
          newest.namespaces.flatMap(({ id, taps: seen }) => seen.map((tap) => [`${id}:${tap.ifindex}`, tap] as const)),
        )
        expect(judged.map(({ key }) => key)).toEqual([...told.keys()])
        for (const tap of judged) {
          const reported = told.get(tap.key)
          expect({ ...tap, ...apart }).toMatchObject({ ...reported, ...apart })
          expect(routersOf(tap.advertisements)).toEqual(expect.arrayContaining(routersOf(reported?.advertisements)))
        }
      }),
      RUNS,
    )
  })

  test('an unread value is never a number', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const seen = lastState(history).sockets
        for (const socket of seen.filter(({ optmemBytes }) => optmemBytes === null)) {
          expect(socket).toMatchObject({
            memberships: null,
            liveMemberships: null,
            joinsLeft: null,
            sendsBlocked: null,
            fullAt: null,
          })
        }
        for (const { staleMemberships, memory } of seen)
          expect(staleMemberships === null).toBe(memory.staleUnknownReason !== null)
      }),
      RUNS,
    )
  })

  test('no tap is served if no socket can send', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        fc.pre(new Set(report.namespaces.map(({ id }) => id)).size === report.namespaces.length)
        const { sockets: judged, taps: served } = judgeReport(null, report, START).state
        const full = report.namespaces.filter(({ id, senders: seen }) => {
          const own = judged.filter(({ namespaceId }) => namespaceId === id)
          return (
            own.length > 0 &&
            own.every(({ sendsBlocked }) => sendsBlocked) &&
            seen.every((one) => one.sockets.length > 0)
          )
        })
        const mute = served.filter(({ namespaceId }) => full.some(({ id }) => id === namespaceId))
        expect(mute.map(({ status }) => status)).not.toContain('served')
      }),
      RUNS,
    )
  })

  test('judging a stored report again changes only when the host was last seen', () => {
    fc.assert(
      fc.property(histories, fc.nat({ max: 40_000 }), (history, later) => {
        const state = lastState(history)
        const [report, receivedAt] = history.at(-1) ?? []
        if (!report || receivedAt === undefined) throw new Error('a history has a report')
        fc.pre(state.bootId === report.host.bootId && state.memory.sequence === report.sequence)
        const again = judgeReport(state, report, receivedAt + later)
        const { lastSeenAt: _seen, judgeAgainAt: _next, ...rest } = state
        expect(again.state).toMatchObject(rest)
        expect(again.state.lastSeenAt).toBe(receivedAt + later)
        expect(again.transitions).toEqual([])
      }),
      RUNS,
    )
  })

  test('transitions lead from each state to the next', () => {
    fc.assert(
      fc.property(histories, (history) => {
        let before = new Map<string, string | null>()
        for (const { state, transitions } of play(history).judgements) {
          const after = verdicts(state)
          const led = new Map(before)
          for (const { subject, key, to } of transitions) if (subject !== 'socket') led.set(`${subject} ${key}`, to)
          expect(new Map([...led].filter(([, status]) => status !== null))).toEqual(after)
          before = after
        }
      }),
      RUNS,
    )
  })
})

describe('whenever time is judged', () => {
  const moments = fc.integer({ min: START - 900_000, max: START + 7_200_000 })

  test('judging one moment twice changes nothing; the next judgement lies ahead', () => {
    fc.assert(
      fc.property(histories, moments, (history, now) => {
        const state = lastState(history)
        const once = judgeTime(state, now)
        expect(judgeTime(once.state, now)).toEqual({ state: once.state, transitions: [], samples: [] })
        expect(once.state.judgeAgainAt).toBeGreaterThan(now)
        expect(once.samples).toEqual([])
        expect(JSON.parse(JSON.stringify(once.state))).toEqual(once.state)
      }),
      RUNS,
    )
  })

  test('nothing changes before the next judgement is due', () => {
    fc.assert(
      fc.property(histories, fc.array(fc.nat({ max: 1_900_000 }), { minLength: 1, maxLength: 4 }), (history, waits) => {
        let state = lastState(history)
        for (const wait of waits) {
          const now = Math.max(state.judgeAgainAt, state.lastSeenAt)
          const due: HypervisorState = judgeTime(state, now).state
          const early = judgeTime({ ...due, judgeAgainAt: 0 }, Math.max(due.judgeAgainAt - 1 - wait, now))
          expect(verdicts(early.state)).toEqual(verdicts(due))
          state = due
        }
      }),
      RUNS,
    )
  })
})

function lastState(history: readonly (readonly [Report, number])[]): HypervisorState {
  const state = play(history).states.at(-1)
  if (!state) throw new Error('a history has a report')
  return state
}

function verdicts(state: HypervisorState): Map<string, string | null> {
  return new Map([
    ['hypervisor ', state.status],
    ...state.taps.map((tap): [string, string] => [`tap ${tap.key}`, tap.status]),
    ...state.vms.map((vm): [string, string] => [`vm ${vm.key}`, vm.route.status]),
  ])
}
