import { type HostPlan, planHost } from '@slashzero/demo'

/** Ordinary hosts with this many VMs each; no VM stops. `seed` separates the hosts of one benchmark from another's. */
export function planBenchHosts(input: { seed: number; hosts: number; vms: number; now: number }): readonly HostPlan[] {
  return Array.from({ length: input.hosts }, (_, place) => {
    const plan = planHost({ seed: input.seed, number: place + 1, role: 'ordinary', now: input.now })
    return {
      ...plan,
      segments: plan.segments.map((segment) =>
        Object.assign({}, segment, { steadyVms: input.vms, startsPerHour: 0.001 }),
      ),
    }
  })
}
