import { createRandom } from './create-random.ts'

/** What a simulated hypervisor shows. Most hosts are `ordinary`: nothing leaks and nothing is missing. */
export type Role = (typeof cast)[number] | 'ordinary'

// In order of importance: a small fleet shows the first ones only.
const cast = [
  'full-by-leak',
  'at-risk',
  'joins-blocked',
  'dark-for-minutes',
  'guest-trouble',
  'leak-slow',
  'restarted',
  'not-measurable',
  'upgraded',
  'full-by-capacity',
  'leak-fast',
  'dnsmasq-leak',
  'router-namespace-leak',
  'dark-for-hours',
  'leak-large-limit',
  'router-namespaces',
  'leak-slow',
  'leak-slow',
  'dnsmasq-leak',
  'router-namespaces',
  'router-namespaces',
  'leak-slow',
  'router-namespaces',
] as const

/** The role of every host of a fleet of `hypervisors`, host 1 first, in an order drawn from `seed`. */
export function assignRoles(seed: number, hypervisors: number): readonly Role[] {
  const random = createRandom(seed, 'roles')
  const roles: Role[] = Array.from({ length: hypervisors }, (_, place) => cast[place] ?? 'ordinary')
  return roles
    .map((role) => ({ role, rank: random.next() }))
    .toSorted((one, other) => one.rank - other.rank)
    .map(({ role }) => role)
}
