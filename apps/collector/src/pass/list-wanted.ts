import type { Wanted } from '../probes/process/find-holders.ts'
import type { Tap } from '../probes/namespace/read-taps.ts'
import type { Survey } from '../probes/namespace/survey-namespace.ts'

/**
 * Lists the sockets and taps whose holders a pass wants. The taps are the same map as in the last pass while no tap
 * came, went or got another name.
 */
export function createWantedLister(): (surveys: readonly Survey[]) => Wanted {
  let listed: { namespace: number; taps: readonly Tap[] }[] = []
  let places = new Map<string, string>()
  return (surveys) => {
    const isSame =
      surveys.length === listed.length &&
      surveys.every(({ namespace, taps }, index) => {
        const before = listed[index]
        return before?.namespace === namespace.id && haveSameNames(before.taps, taps)
      })
    if (!isSame) places = listPlaces(surveys)
    listed = surveys.map(({ namespace, taps }) => ({ namespace: namespace.id, taps }))
    return { sockets: new Set(surveys.flatMap(({ rawSockets }) => rawSockets)), taps: places }
  }
}

function haveSameNames(some: readonly Tap[], others: readonly Tap[]): boolean {
  if (some === others) return true
  return (
    some.length === others.length &&
    some.every((tap, index) => {
      const other = others[index]
      return (
        tap === other || (tap.ifindex === other?.ifindex && tap.byteName === other.byteName && tap.kind === other.kind)
      )
    })
  )
}

function listPlaces(surveys: readonly Survey[]): Map<string, string> {
  const places = new Map<string, string>()
  for (const { namespace, taps } of surveys) {
    for (const { kind, byteName, ifindex } of taps) {
      if (kind === 'tap') places.set(byteName, `${places.get(byteName) ?? ''} ${namespace.id}:${ifindex}`)
    }
  }
  return places
}
