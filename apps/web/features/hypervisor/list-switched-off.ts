/** What a collector can see that is switched on for each hypervisor, and the key of its configuration that does it. */
const switches = [
  {
    probe: 'off-link-probe',
    key: 'off-link-source',
    sees: 'whether VMs have a way back, by echo requests and TCP from an address that is off-link for them',
  },
  { probe: 'guest-push', key: 'guest-push-listen', sees: 'the default routes that VMs push to their hypervisor' },
  {
    probe: 'advertisements',
    key: 'watch-advertisements',
    sees: 'what Router Advertisements say on each tap, and so when each ::/0 ends',
  },
] as const

export type Switch = (typeof switches)[number]

/** What is switched off on a hypervisor whose last pass ran these probes; nothing where that is not known. */
export function listSwitchedOff(probes: readonly string[] | null): readonly Switch[] {
  return probes === null ? [] : switches.filter(({ probe }) => !probes.includes(probe))
}
