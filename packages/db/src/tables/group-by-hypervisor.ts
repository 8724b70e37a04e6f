/** The rows of each hypervisor, without its id. */
export function groupByHypervisor<Stored extends { readonly hypervisorId: string }>(
  rows: readonly Stored[],
): Map<string, Omit<Stored, 'hypervisorId'>[]> {
  const grouped = new Map<string, Omit<Stored, 'hypervisorId'>[]>()
  for (const { hypervisorId, ...rest } of rows) {
    const own = grouped.get(hypervisorId)
    if (own === undefined) grouped.set(hypervisorId, [rest])
    else own.push(rest)
  }
  return grouped
}
