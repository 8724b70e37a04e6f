import { type HypervisorState, judgeReport } from '@slashzero/core'
import { buildCheck, buildNamespace, buildReport, buildTap } from '@slashzero/contract/testing'
import { report as schema } from '@slashzero/contract/report'
import { expect, test } from 'vitest'
import { packVms, type PackedVms, unpackVms } from './pack.ts'

const noon = Date.UTC(2026, 5, 15, 12)
const iso = (at: number) => new Date(at).toISOString()

/** A linear congruential generator (Numerical Recipes), so that a failure repeats. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => (state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32) / 2 ** 32
}

/** VMs come, go and lose routes; methods take turns; routers advertise; two keys have one hash. */
function buildRandomReport(sequence: number, random: () => number) {
  const observedAt = noon + sequence * 15_000
  const names = ['vm-109771', 'vm-1009980', 'vm-3', 'vm-4', 'vm-5', 'vm-6'].filter(() => random() < 0.9)
  const taps = names.map((name, nth) =>
    buildTap(nth + 1, {
      routerAdvertsOut: Math.floor(sequence / (nth + 2)) + nth,
      vm: { name, uuid: null, pid: 1000 + nth + (random() < 0.02 ? 5 : 0) },
    }),
  )
  const methods = ['guest-agent', 'off-link-probe', 'pushed'] as const
  const routeChecks = names.flatMap((name) =>
    methods
      .filter((_, nth) => random() < (nth === 0 ? 0.8 : 0.2))
      .map((method) => {
        const draw = random()
        const defaultRoute =
          draw < 0.85 ? ('present' as const) : draw < 0.92 ? ('absent' as const) : ('unknown' as const)
        const isEndless = defaultRoute !== 'present' || random() < 0.2
        return buildCheck(0, {
          vm: { name, uuid: null },
          method,
          checkedAt: iso(observedAt - Math.floor(random() * 3000)),
          defaultRoute,
          reason: defaultRoute === 'unknown' ? 'timeout' : null,
          expiresInSeconds: isEndless ? null : Math.floor(random() * 1800),
        })
      }),
  )
  const namespaces = [buildNamespace({ taps })]
  return schema.parse(
    buildReport(sequence, { observedAt: iso(observedAt), sentAt: iso(observedAt), namespaces, routeChecks }),
  )
}

test.for(Array.from({ length: 8 }, (_, seed) => ({ seed })))('packed VMs are the VMs (seed $seed)', ({ seed }) => {
  const random = createRandom(seed)
  let state: HypervisorState | null = null
  let packed: PackedVms | null = null
  for (let sequence = 1; sequence <= 150; sequence++) {
    const report = buildRandomReport(sequence, random)
    state = judgeReport(state, report, Date.parse(report.observedAt)).state
    packed = packVms(state.vms, state.observedAt, packed)
    expect(unpackVms(packed)).toEqual(state.vms)
  }
})

test('a steady report keeps the rows', () => {
  const build = (sequence: number) => {
    const at = noon + sequence * 15_000
    const vm = { name: 'vm', uuid: null }
    const routeChecks = [buildCheck(0, { vm, checkedAt: iso(at), defaultRoute: 'present', expiresInSeconds: 1800 })]
    return schema.parse(buildReport(sequence, { observedAt: iso(at), sentAt: iso(at), namespaces: [], routeChecks }))
  }
  const first = judgeReport(null, build(1), noon + 15_000).state
  const packed = packVms(first.vms, first.observedAt, null)
  const second = judgeReport({ ...first, vms: unpackVms(packed) }, build(2), noon + 30_000).state
  expect(packVms(second.vms, second.observedAt, packed).rows[0]).toBe(packed.rows[0])
})
