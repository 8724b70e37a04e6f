import { writeFileSync } from 'node:fs'
import type { Machine } from './machine.ts'

/** Interfaces that come and go. */
export const CHURN = Array.from({ length: 10 }, (_, index) => `churn${index}`)
const ROUNDS = 2

/** Starts a radvd and deletes interfaces that the radvd has joined. */
export async function startLeak(machine: Machine): Promise<void> {
  await machine.run(
    'sysctl',
    '-qw',
    'net.ipv6.conf.all.forwarding=1',
    'net.ipv6.conf.default.forwarding=1',
    'net.core.optmem_max=20480',
  )
  const entries = CHURN.map(
    (name) =>
      `interface ${name} { AdvSendAdvert on; IgnoreIfMissing on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4; };\n`,
  )
  writeFileSync(`${machine.root}/etc/radvd.conf`, entries.join(''))
  await machine.run('systemd-run', '--quiet', '--unit=leaking-radvd', 'radvd', '-n', '-m', 'none')
  await machine.until('radvd has started', async () => (await machine.run('cat', '/run/radvd.pid')) !== '')
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of CHURN) await plug(machine, name)
    let asked = performance.now()
    await machine.until('radvd has joined', async () => {
      if (performance.now() - asked > 10_000) {
        // A busy machine may show radvd a tentative address; radvd then waits for the next message about the interface.
        for (const name of CHURN) await machine.run('ip', 'link', 'set', name, 'alias', 'again')
        asked = performance.now()
      }
      const rows = (await machine.run('cat', '/proc/net/igmp6'))
        .split('\n')
        .filter((row) => /\bchurn\d +ff020000000000000000000000000002 +2 /.test(row))
      return rows.length === CHURN.length
    })
    for (const name of CHURN) await unplug(machine, name)
  }
}

/** Creates an interface and sets it up. */
export async function plug(machine: Machine, name: string): Promise<void> {
  await machine.shell(
    `ip link add ${name} type veth peer name ${name}p && ip link set ${name}p up && ip link set ${name} up`,
  )
}

/** Deletes an interface that radvd has joined: one more stale membership. */
export async function unplug(machine: Machine, name: string): Promise<void> {
  await machine.run('ip', 'link', 'del', name)
  machine.leaked += 1
}
