import { capacity } from './capacity.ts'
import { healthy } from './healthy.ts'
import { leak } from './leak.ts'
import { restart } from './restart.ts'
import type { Story } from './story.ts'

export type Scenario = { readonly sentence: string; readonly story: Story; readonly needsLeak: boolean }

/** Every scenario by the name that an operator types. */
export const scenarios = new Map<string, Scenario>([
  ['leak', { sentence: 'Taps come and go until radvd 2.19 has filled its socket, and its VMs lose ::/0.', story: leak, needsLeak: true }],
  ['capacity', { sentence: 'Taps come and stay until honest memberships fill the socket: nothing is stale.', story: capacity, needsLeak: false }],
  ['healthy', { sentence: 'VMs come and go on taps that stay: the memberships stay the same, and nothing leaks.', story: healthy, needsLeak: false }],
  ['restart', { sentence: 'As leak; a minute later radvd is restarted: usage falls to zero and ::/0 returns.', story: restart, needsLeak: true }],
])
