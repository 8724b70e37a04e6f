import { parseIfInet6, parseNeighbour } from '@slashzero/linux'
import type { Neighbour } from '@slashzero/linux'
import type { Kernel } from '../../io/kernel.ts'
import type { OffLinkNetwork } from '../../io/off-link-network.ts'
import { OWN_TABLES } from '../../probes/namespace/list-namespaces.ts'
import type { Surroundings } from './find-targets.ts'

/** Reads addresses and neighbours of the namespace that the caller is in. Throws SystemError if the kernel refuses. */
export function readSurroundings(
  kernel: Pick<Kernel, 'readText'>,
  network: OffLinkNetwork,
): Omit<Surroundings, 'links'> {
  const file = `${OWN_TABLES}/if_inet6`
  return {
    addresses: parseIfInet6(kernel.readText(file), file),
    neighbours: readTable(network, 'inet6'),
    learnt: readTable(network, 'bridge'),
  }
}

function readTable(network: OffLinkNetwork, table: 'inet6' | 'bridge'): Neighbour[] {
  return network.dumpNeighbours(table, (message) => parseNeighbour(message)).filter((row) => row !== null)
}
