import { describe, expect, test } from 'vitest'
import type { Action } from './diagnosis.ts'
import { CONTAINER_ENTRANCES, NAMESPACE_ENTRANCES } from './give-steps.ts'
import { fullInDocker, fullInPodman, leakInRouter } from './situations/in-namespaces.ts'
import {
  deafGuest,
  forwardingOff,
  fullByLeak,
  fullOfLiveTaps,
  ipv6Off,
  missingEntry,
  readOnlyState,
  refusedConfiguration,
  unanswered,
} from './situations/on-taps.ts'
import { leakingUnits } from './situations/on-units.ts'
import type { Situation } from './situations/stage.ts'

/** What a command does or begins with, and the situation that must print such a command: none can be left out. */
const BY_ACTION: Record<Action, Situation> = {
  'raise-limit': fullOfLiveTaps,
  reload: fullByLeak,
  check: refusedConfiguration,
  'restart-unit': leakingUnits,
  'kill-in-router': leakInRouter,
  'show-solicitations': unanswered,
  'show-addresses': ipv6Off,
  'show-entry': refusedConfiguration,
  'show-guest': deafGuest,
  'show-log': leakingUnits,
  'show-file-system': readOnlyState,
  'turn-on-ipv6': ipv6Off,
  'turn-on-forwarding': forwardingOff,
}
const ENTRANCES = { ...CONTAINER_ENTRANCES, ...NAMESPACE_ENTRANCES }
const BY_ENTRANCE: Record<keyof typeof ENTRANCES, Situation> = {
  docker: fullInDocker,
  podman: fullInPodman,
  named: leakInRouter,
  unnamed: fullInDocker,
}
/** A failed check ends the command, as it should. */
const FAILING: ReadonlySet<Action> = new Set(['check'])

// Each test makes a situation, runs the commands that doctor prints there as an administrator would, and watches
// another VM's default route.
describe.skipIf(process.getuid?.() !== 0).concurrent('the commands of doctor', () => {
  const situations = new Set([...Object.values(BY_ACTION), ...Object.values(BY_ENTRANCE), missingEntry])
  test.for([...situations])('$name', async (situation, context) => {
    const ran = await situation.play(context)
    const actions = new Set<string>(ran.map(({ action }) => action))
    const entrances = Object.entries(ENTRANCES).filter(([, start]) =>
      ran.some(({ command }) => command.includes(start)),
    )
    expect(keysOf(BY_ACTION, situation).filter((action) => !actions.has(action))).toEqual([])
    expect(entrances.map(([name]) => name)).toEqual(expect.arrayContaining(keysOf(BY_ENTRANCE, situation)))
    expect(ran.filter(({ action, exit }) => exit !== 0 && !FAILING.has(action))).toEqual([])
  })
})

function keysOf(table: Readonly<Record<string, Situation>>, situation: Situation): string[] {
  return Object.entries(table).flatMap(([key, one]) => (one === situation ? [key] : []))
}
