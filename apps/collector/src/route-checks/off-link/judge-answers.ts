import type { Target } from './find-targets.ts'

/**
 * What became of one request. `elsewhere`: its token came back by an interface or from an address that is not the VM's. `lost`: silence
 * on a socket that has lost packets.
 */
export type Answer = 'own' | 'elsewhere' | 'none' | 'lost' | { unsent: string }

/** Both requests to one address, and by what they were made. `onLink` is null where there was no address to ask it from. */
export type Asked = { target: Target; by: string; offLink: Answer; onLink: Answer | null }

export type Verdict = { state: 'present' | 'absent' | 'unknown'; reason: string | null }

/**
 * Whether a VM has a default route, from what it answered. An answer to the off-link source found a route back. Silence there means
 * that there is none only where the same address answers the same on-link at the same time, and where this host is the router that the
 * answer would have come to by whichever tap.
 */
export function judgeAnswers(asked: readonly Asked[]): Verdict {
  const offLink = asked.map((one) => one.offLink)
  if (offLink.includes('own')) return { state: 'present', reason: null }
  if (offLink.includes('elsewhere'))
    return unknown("an answer came by an interface or from an address that is not the VM's")
  if (offLink.includes('lost')) return unknown('answers were lost: more came than this host could read, or broken ones')
  const onlyOnLink = asked.filter((one) => one.offLink === 'none' && one.onLink === 'own')
  if (onlyOnLink.some(({ target }) => target.routed)) {
    return { state: 'absent', reason: `it answers on-link (${list(onlyOnLink)}), and not off-link` }
  }
  if (onlyOnLink.length > 0) {
    return unknown(
      'no answer off-link, and this host does not route for each tap of the VM, so that it may have gone elsewhere',
    )
  }
  const unsent = offLink.find((answer) => typeof answer === 'object')
  if (unsent !== undefined) return unknown(`could not be asked: ${unsent.unsent}`)
  if (asked.every(({ onLink }) => onLink === null)) {
    return unknown('no answer off-link, and this host has no link-local address to ask on-link from')
  }
  return unknown(`no answer, neither off-link nor on-link: it is down, or a firewall drops ${list(asked)}`)
}

function list(asked: readonly Asked[]): string {
  return [...new Set(asked.map(({ by }) => by))].join(', ')
}

function unknown(reason: string): Verdict {
  return { state: 'unknown', reason }
}
