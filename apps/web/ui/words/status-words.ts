import type { HypervisorStatus, RouteStatus, TapStatus } from '@slashzero/contract/rest'

/** How urgent a status is; `unknown` if the status is not known. */
export type Tone = 'danger' | 'warn' | 'ok' | 'unknown'
export type StatusWords = { readonly label: string; readonly tone: Tone; readonly meaning: string }

/** A hypervisor's status in words, with its meaning for the VMs. */
export const hypervisorWords: Record<HypervisorStatus, StatusWords> = {
  'sends-blocked': {
    label: 'Sends blocked',
    tone: 'danger',
    meaning: 'No Router Advertisement leaves on any tap: every VM here loses ::/0 within one router lifetime.',
  },
  'no-sender': {
    label: 'No sender',
    tone: 'danger',
    meaning: 'The daemon that served the taps is gone: every VM here loses ::/0 within one router lifetime.',
  },
  'joins-blocked': {
    label: 'Joins blocked',
    tone: 'danger',
    meaning: 'The sender cannot join another tap: VMs that start now get no ::/0.',
  },
  'at-risk': { label: 'At risk', tone: 'warn', meaning: 'The sender’s socket is nearly full.' },
  leaking: {
    label: 'Leaking',
    tone: 'warn',
    meaning: 'Memberships of deleted taps stay on the sender’s socket and use up its headroom.',
  },
  silent: {
    label: 'Silent',
    tone: 'unknown',
    meaning: 'No report arrives from this hypervisor, so its state is not known.',
  },
  'not-measurable': {
    label: 'Not measurable',
    tone: 'unknown',
    meaning: 'The collector cannot read the sender’s option memory.',
  },
  healthy: { label: 'Healthy', tone: 'ok', meaning: 'The sender serves its taps and has headroom.' },
}

/** A VM's route status in words. */
export const routeWords: Record<RouteStatus, StatusWords> = {
  missing: { label: 'Missing', tone: 'danger', meaning: 'The VM has no usable ::/0.' },
  expiring: {
    label: 'Expiring',
    tone: 'warn',
    meaning: 'The VM’s ::/0 ends soon, and no advertisement renewed it in time.',
  },
  unknown: { label: 'Unknown', tone: 'unknown', meaning: 'No check could tell whether the VM has ::/0.' },
  ok: { label: 'Has ::/0', tone: 'ok', meaning: 'The VM has a usable ::/0.' },
}

/** A tap's status in words. */
export const tapWords: Record<TapStatus, StatusWords> = {
  'no-sender': { label: 'No sender', tone: 'danger', meaning: 'No daemon sends Router Advertisements here.' },
  'not-joined': { label: 'Not joined', tone: 'danger', meaning: 'The sender is not a member of ff02::2 on this tap.' },
  'unanswered-solicitations': {
    label: 'Unanswered',
    tone: 'danger',
    meaning: 'The VM solicits routers, and no advertisement answers.',
  },
  'sends-blocked': {
    label: 'Sends blocked',
    tone: 'danger',
    meaning: 'The sender is joined on this tap, but its socket is full and no advertisement leaves.',
  },
  unknown: { label: 'Unknown', tone: 'unknown', meaning: 'The collector could not read enough to judge this tap.' },
  served: {
    label: 'Served',
    tone: 'ok',
    meaning: 'A sender has joined on this tap and may advertise, or a router elsewhere advertises here.',
  },
}
