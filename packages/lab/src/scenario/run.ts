import { once } from 'node:events'
import { startHypervisor } from '../hypervisor/start.ts'
import { cleanLeftovers } from '../leftover/clean.ts'
import type { Scenario } from './list.ts'
import { requireMachine } from './require-machine.ts'
import { waitForRoute } from './story.ts'

export type RunOptions = {
  hypervisors: number
  routeLifetimeSeconds: number
  pauseSeconds: number
  /** The server for the collectors' reports; null runs no collectors. */
  collector: { server: string; enrolmentToken: string } | null
}

/**
 * Plays a scenario on its hypervisors and keeps them until `signal` aborts; then removes all of them.
 * Rejects, after the same removal, when any hypervisor's story fails.
 */
export async function runScenario(
  name: string,
  scenario: Scenario,
  options: RunOptions,
  signal: AbortSignal,
): Promise<void> {
  requireMachine(scenario.needsLeak === true)
  await cleanLeftovers()
  const numbers = Array.from({ length: options.hypervisors }, (_, index) => index + 1)
  const stop = new AbortController()
  const either = AbortSignal.any([signal, stop.signal])
  const plays = numbers.map((number) => play(`lab-${name}-${number}`, number, scenario, options, either))
  // The first failure ends all hypervisors, which are removed before this function ends.
  await Promise.all(plays).catch(async (error: unknown) => {
    stop.abort()
    await Promise.allSettled(plays)
    if (!signal.aborted) throw error
  })
}

async function play(name: string, number: number, scenario: Scenario, options: RunOptions, signal: AbortSignal) {
  const say = (sentence: string) => console.log(`${name}: ${sentence}`)
  const hypervisor = await startHypervisor({
    name,
    routeLifetimeSeconds: options.routeLifetimeSeconds,
    ...scenario.hypervisor,
  })
  try {
    if (options.collector) await hypervisor.runCollector(options.collector)
    const vm = await hypervisor.addVm({ name: `vm-${100 + number}`, tap: `tap${100 + number}` })
    const { routeLifetimeSeconds } = options
    const stage = { hypervisor, vm, routeLifetimeSeconds, pauseMilliseconds: options.pauseSeconds * 1000, signal, say }
    await waitForRoute(stage, true)
    await scenario.story(stage)
    say('Nothing more happens here by itself. Ctrl-C removes all of it.')
    if (!signal.aborted) await once(signal, 'abort')
  } finally {
    await hypervisor.dispose()
  }
}
