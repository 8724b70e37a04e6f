import type { Report } from '@slashzero/contract/report'
import type { VmState } from '../state.ts'

type Identity = { readonly name: string; readonly uuid: string | null }

/**
 * The key of a VM: its uuid, otherwise its name. A name without a uuid means the only VM with this name and a uuid,
 * unless a tap shows a VM with this name and no uuid.
 */
export function identifyVms(known: readonly VmState[], report: Report): (vm: Identity) => string {
  const uuids = new Map<string, Set<string>>()
  const onTaps = report.namespaces.flatMap((namespace) => namespace.taps.flatMap((tap) => tap.vm ?? []))
  const withoutUuid = new Set(onTaps.filter(({ uuid }) => uuid === null).map(({ name }) => name))
  const seen: Identity[] = [...known, ...report.routeChecks.map((check) => check.vm), ...onTaps]
  for (const { name, uuid } of seen) {
    if (uuid !== null) uuids.set(name, (uuids.get(name) ?? new Set()).add(uuid))
  }
  return ({ name, uuid }) => {
    const [only, another] = uuids.get(name) ?? []
    const meant = another === undefined && !withoutUuid.has(name) ? only : undefined
    return uuid ?? meant ?? `name:${name}`
  }
}
