import type { Target } from './find-targets.ts'

/**
 * The result of one request. `elsewhere`: the token came back by an interface or from an address that is not the VM's.
 * `lost`: no answer on a socket that has lost packets.
 */
export type Answer = 'own' | 'elsewhere' | 'none' | 'lost' | { unsent: string }

/**
 * Both requests to one address; `by` names their kind. `onLink` is null if this host has no address to ask on-link
 * from.
 */
export type Asked = { target: Target; by: string; offLink: Answer; onLink: Answer | null }

export type Verdict = { state: 'present' | 'absent' | 'unknown'; reason: string | null }

/**
 * Whether a VM has a default route: an answer to the off-link source used one. Absent only if the same address answers
 * the same request on-link meanwhile, and this host is the router behind every tap of the VM.
 */
export function judgeAnswers(asked: readonly Asked[]): Verdict {
  const offLink = asked.map((one) => one.offLink)
  if (offLink.includes('own')) return { state: 'present', reason: null }
  if (offLink.includes('elsewhere'))
    return unknown("an answer came by an interface or from an address that is not the VM's")
  if (offLink.includes('lost')) return unknown('answers were lost: packets came too fast or were broken')
  const onlyOnLink = asked.filter((one) => one.offLink === 'none' && one.onLink === 'own')
  if (onlyOnLink.some(({ target }) => target.routed)) {
    return { state: 'absent', reason: `the VM answers on-link (${list(onlyOnLink)}), and not off-link` }
  }
  if (onlyOnLink.length > 0) {
    return unknown(
      'no answer off-link, but this host does not route for every tap of the VM, so the answer may have gone elsewhere',
    )
  }
  const unsent = offLink.find((answer) => typeof answer === 'object')
  if (unsent !== undefined) return unknown(`could not be asked: ${unsent.unsent}`)
  if (asked.every(({ onLink }) => onLink === null)) {
    return unknown('no answer off-link, and this host has no link-local address to ask on-link from')
  }
  return unknown(`no answer, neither off-link nor on-link: the VM is down, or a firewall drops ${list(asked)}`)
}

function list(asked: readonly Asked[]): string {
  return [...new Set(asked.map(({ by }) => by))].join(', ')
}

function unknown(reason: string): Verdict {
  return { state: 'unknown', reason }
}
