import type { HypervisorStatus, RouteStatus, TapStatus } from '@slashzero/contract/rest'

/** How much a status asks for attention; `unknown` says that nobody can tell. */
export type Tone = 'danger' | 'warn' | 'ok' | 'unknown'
export type StatusWords = { readonly label: string; readonly tone: Tone; readonly meaning: string }

/** A hypervisor's status in words, with what it means for its VMs. */
export const hypervisorWords: Record<HypervisorStatus, StatusWords> = {
  'sends-blocked': {
    label: 'Sends blocked',
    tone: 'danger',
    meaning: 'No Router Advertisement leaves on any tap: every VM here loses ::/0 within one router lifetime.',
  },
  'joins-blocked': {
    label: 'Joins blocked',
    tone: 'danger',
    meaning: 'The sender cannot join another tap: VMs that start now get no ::/0.',
  },
  'at-risk': { label: 'At risk', tone: 'warn', meaning: 'Little headroom is left in the sender’s socket.' },
  leaking: {
    label: 'Leaking',
    tone: 'warn',
    meaning: 'Memberships of deleted taps stay behind and use up the headroom.',
  },
  silent: { label: 'Silent', tone: 'unknown', meaning: 'No report has come for too long: nobody can tell how it is.' },
  'not-measurable': {
    label: 'Not measurable',
    tone: 'unknown',
    meaning: 'The collector cannot read the sender’s option memory.',
  },
  healthy: { label: 'Healthy', tone: 'ok', meaning: 'Taps are served and there is headroom.' },
}

/** A VM's route status in words. */
export const routeWords: Record<RouteStatus, StatusWords> = {
  missing: { label: 'Missing', tone: 'danger', meaning: 'The VM has no usable ::/0.' },
  expiring: { label: 'Expiring', tone: 'warn', meaning: 'The VM’s ::/0 runs out and is not being renewed.' },
  unknown: { label: 'Unknown', tone: 'unknown', meaning: 'Whether the VM has ::/0 could not be found out.' },
  ok: { label: 'Has ::/0', tone: 'ok', meaning: 'The VM has a usable ::/0.' },
}

/** A tap's status in words. */
export const tapWords: Record<TapStatus, StatusWords> = {
  'no-sender': { label: 'No sender', tone: 'danger', meaning: 'No daemon sends Router Advertisements here.' },
  'not-joined': { label: 'Not joined', tone: 'danger', meaning: 'The sender is not a member of ff02::2 on this tap.' },
  'unanswered-solicitations': {
    label: 'Unanswered',
    tone: 'danger',
    meaning: 'The VM solicits routers and no advertisement goes out.',
  },
  'sends-blocked': {
    label: 'Sends blocked',
    tone: 'danger',
    meaning: 'The sender is joined on this tap, but its socket is full and no advertisement leaves.',
  },
  unknown: { label: 'Unknown', tone: 'unknown', meaning: 'The tap could not be judged.' },
  served: { label: 'Served', tone: 'ok', meaning: 'The sender is joined on this tap and may advertise.' },
}

/** From what needs hands first to what is well. */
export const hypervisorStatusesWorstFirst: readonly HypervisorStatus[] = [
  'sends-blocked',
  'joins-blocked',
  'silent',
  'at-risk',
  'leaking',
  'not-measurable',
  'healthy',
]
export const tapStatusesWorstFirst: readonly TapStatus[] = [
  'no-sender',
  'not-joined',
  'unanswered-solicitations',
  'sends-blocked',
  'unknown',
  'served',
]
export const routeStatusesWorstFirst: readonly RouteStatus[] = ['missing', 'expiring', 'unknown', 'ok']
