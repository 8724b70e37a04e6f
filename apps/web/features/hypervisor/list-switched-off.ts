import { SWITCHED_PROBES } from '@slashzero/contract/report'

/** The probes that are off on a hypervisor whose last pass ran `probes`; none if the last pass is not known. */
export function listSwitchedOff(probes: readonly string[] | null) {
  return probes === null ? [] : SWITCHED_PROBES.filter(({ name }) => !probes.includes(name))
}
