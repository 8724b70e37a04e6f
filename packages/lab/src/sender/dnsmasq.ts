import type { Place } from '../place/place.ts'
import { type Daemon, startDaemon } from './daemon.ts'

/**
 * Starts dnsmasq with all options on the command line, as neutron does. It advertises the prefix of each tap's address,
 * if any. Its log is `dnsmasq.log` in `run`, the folder that the hypervisor sees as /run.
 */
export async function startDnsmasq(place: Place, run: string, routeLifetimeSeconds: number): Promise<Daemon> {
  return startDaemon(place.cell, 'dnsmasq', `${run}/dnsmasq.log`, [
    'dnsmasq',
    '--keep-in-foreground',
    '--log-facility=-',
    '--conf-file=/dev/null',
    '--pid-file',
    '--user=root',
    '--port=0',
    '--leasefile-ro',
    '--bind-dynamic',
    '--interface=tap*',
    '--enable-ra',
    '--dhcp-range=::,constructor:tap*,ra-only',
    // The shortest interval that it accepts.
    `--ra-param=tap*,4,${routeLifetimeSeconds}`,
  ])
}
