import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type Cell, childOf } from '../cell/start.ts'
import { type Place, prepareNetwork } from './place.ts'

/**
 * Makes a router's namespace inside a hypervisor as neutron does: `ip netns add qrouter-UUID`, and `ip netns exec` for
 * a radvd with a configuration below /var/lib/neutron (neutron/agent/linux/ra.py).
 */
export async function startRouter(hypervisor: Cell, optmemMaxBytes: number): Promise<Place> {
  const id = randomUUID()
  const name = `qrouter-${id}`
  const enter = ['netns', 'exec', name]
  await hypervisor.run('mkdir', ['-p', '/var/lib/neutron/ra', '/var/lib/neutron/external/pids'])
  await hypervisor.run('ip', ['netns', 'add', name])
  await hypervisor.run('ip', [...enter, 'sh', '-ec', prepareNetwork(optmemMaxBytes).join('\n')])
  // Keeps the namespace alive as long as the hypervisor, because senders come and go.
  const keeper = hypervisor.spawn('ip', [...enter, 'sh', '-c', 'echo ready; exec sleep infinity'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  if (keeper.stdout) await once(keeper.stdout, 'data')
  const cell: Cell = {
    ...hypervisor,
    pid: childOf(keeper),
    spawn: (command, args, options) => hypervisor.spawn('ip', [...enter, command, ...args], options),
    run: (command, args, input) => hypervisor.run('ip', [...enter, command, ...args], input),
  }
  const configuration = `/var/lib/neutron/ra/${id}.radvd.conf`
  return {
    cell,
    holders: cell,
    name,
    radvd: { program: 'radvd', configuration, pidFile: `/var/lib/neutron/external/pids/${id}.pid.radvd` },
  }
}
