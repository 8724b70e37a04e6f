import type { VmDetail } from '@slashzero/contract/page'

/** Says that other hypervisors report a VM with the same uuid; empty if none does. */
export function describeClaims(claims: VmDetail['claims']): string[] {
  if (claims.length === 0) return []
  const names = claims.map(({ name }) => name)
  const list = names.length === 1 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
  const report = names.length === 1 ? 'reports' : 'report'
  return [
    `${list} also ${report} a VM with this uuid`,
    'If no migration is under way, one of the hypervisors is wrong, or the uuid was copied',
    "The guest's pushes count where they counted before",
  ]
}
