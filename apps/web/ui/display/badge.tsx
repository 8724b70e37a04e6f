import type { HypervisorStatus, RouteStatus, TapStatus } from '@slashzero/contract/rest'
import {
  Ban,
  CircleCheck,
  CircleHelp,
  CircleX,
  Droplets,
  EyeOff,
  Hourglass,
  MessageCircleX,
  OctagonX,
  TriangleAlert,
  Unplug,
  WifiOff,
  type LucideIcon,
} from 'lucide-react'
import { hypervisorWords, routeWords, tapWords, type StatusWords, type Tone } from '../words/status-words.ts'

/** A status by icon, word and colour; each of them suffices alone. */
export function HypervisorBadge({ status }: { status: HypervisorStatus }) {
  return <Badge icon={hypervisorIcons[status]} words={hypervisorWords[status]} />
}

export function RouteBadge({ status }: { status: RouteStatus }) {
  return <Badge icon={routeIcons[status]} words={routeWords[status]} />
}

export function TapBadge({ status }: { status: TapStatus }) {
  return <Badge icon={tapIcons[status]} words={tapWords[status]} />
}

export const hypervisorIcons: Record<HypervisorStatus, LucideIcon> = {
  'sends-blocked': OctagonX,
  'no-sender': CircleX,
  'joins-blocked': Ban,
  'at-risk': TriangleAlert,
  leaking: Droplets,
  silent: WifiOff,
  'not-measurable': EyeOff,
  healthy: CircleCheck,
}

export const routeIcons: Record<RouteStatus, LucideIcon> = {
  missing: CircleX,
  expiring: Hourglass,
  unknown: CircleHelp,
  ok: CircleCheck,
}

const tapIcons: Record<TapStatus, LucideIcon> = {
  'no-sender': CircleX,
  'not-joined': Unplug,
  'unanswered-solicitations': MessageCircleX,
  'sends-blocked': OctagonX,
  unknown: CircleHelp,
  served: CircleCheck,
}

/** The colour of a tone as text. */
export const toneText: Record<Tone, string> = {
  danger: 'text-danger',
  warn: 'text-warn',
  ok: 'text-ok',
  unknown: 'text-unknown',
}

const toneBadge: Record<Tone, string> = {
  danger: 'bg-danger-wash text-danger border-danger-line',
  warn: 'bg-warn-wash text-warn border-warn-line',
  ok: 'bg-ok-wash text-ok border-ok-line',
  unknown: 'bg-unknown-wash text-unknown border-unknown-line border-dashed',
}

function Badge({ icon: Icon, words }: { icon: LucideIcon; words: StatusWords }) {
  return (
    <span
      title={words.meaning}
      className={`inline-flex items-center gap-1.5 rounded-full border py-0.5 pr-2.5 pl-2 text-[12px] leading-4 font-medium whitespace-nowrap ${toneBadge[words.tone]}`}
    >
      <Icon aria-hidden size={13} />
      {words.label}
    </span>
  )
}
