import { setTimeout as sleep } from 'node:timers/promises'
import type { Report } from '@slashzero/contract/report'
import type { GuestStage } from './start-stage.ts'

type RouteCheck = Report['routeChecks'][number]

/** An event in the VM, and what each check of its default route must then say. The situations follow each other. */
export type Situation = {
  readonly sentence: string
  arrange(stage: GuestStage): Promise<unknown>
  readonly agent: RouteCheck['defaultRoute']
  readonly probe: RouteCheck['defaultRoute']
}

export const situations: readonly Situation[] = [
  { sentence: 'radvd advertises itself.', arrange: async () => {}, agent: 'present', probe: 'present' },
  {
    sentence: "The guest's firewall drops what asks it from outside.",
    arrange: ({ machine }) => machine.run('nft', ['--file', '-'], { input: FIREWALL }),
    agent: 'present',
    probe: 'unknown',
  },
  {
    sentence: 'The firewall is gone; radvd was killed, and the lifetime of its last advertisement has ended.',
    async arrange({ hypervisor, machine }) {
      await machine.run('nft', ['flush', 'ruleset'])
      await hypervisor.radvd.kill()
    },
    agent: 'expired',
    probe: 'absent',
  },
  {
    sentence: 'The guest has removed the expired route from its table.',
    arrange: ({ machine }) => machine.run('sysctl', ['-qw', 'net.ipv6.route.flush=1']),
    agent: 'absent',
    probe: 'absent',
  },
  {
    sentence: 'radvd runs again.',
    arrange: ({ hypervisor }) => hypervisor.radvd.restart(),
    agent: 'present',
    probe: 'present',
  },
]

/** The collector's checks as soon as they say what the situation requires; otherwise its checks after a minute. */
export async function checkSituation(
  stage: GuestStage,
  { agent, probe }: Situation,
  signal?: AbortSignal,
): Promise<Checks> {
  const deadline = Date.now() + PATIENCE_MILLISECONDS
  for (;;) {
    const found = await stage.check()
    const checks = { agent: found.find(isBy('guest-agent')), probe: found.find(isBy('off-link-probe')) }
    const settled = checks.agent?.defaultRoute === agent && checks.probe?.defaultRoute === probe
    if (settled || Date.now() > deadline) return checks
    await sleep(500, undefined, { signal })
  }
}

export type Checks = { readonly agent: RouteCheck | undefined; readonly probe: RouteCheck | undefined }

function isBy(method: RouteCheck['method']) {
  return (check: RouteCheck) => check.method === method
}

const FIREWALL = `table ip6 lab {
  chain input {
    type filter hook input priority 0
    icmpv6 type echo-request drop
    meta l4proto tcp drop
  }
}`
const PATIENCE_MILLISECONDS = 60_000
