import { CircleCheck, CircleHelp, CircleX, List, TriangleAlert, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Tone } from '../words/status-words.ts'
import { toneText } from './badge.tsx'

const icons: Record<Tone | 'plain', LucideIcon> = {
  danger: CircleX,
  warn: TriangleAlert,
  ok: CircleCheck,
  unknown: CircleHelp,
  plain: List,
}

/** The answer of a page in words: one sentence, then the details. */
export function Statement({
  tone,
  headline,
  children,
}: {
  /** `plain` if the sentence neither alarms nor reassures. */
  tone: Tone | 'plain'
  headline: ReactNode
  children: ReactNode
}) {
  const Icon = icons[tone]
  return (
    <div className="flex gap-3 sm:gap-4">
      <Icon
        aria-hidden
        size={26}
        strokeWidth={2}
        className={`mt-1 shrink-0 sm:mt-1.5 ${tone === 'plain' ? 'text-muted' : toneText[tone]}`}
      />
      <div className="min-w-0">
        <h1 className="text-[22px] leading-tight font-semibold tracking-tight text-balance sm:text-[28px]">
          {headline}
        </h1>
        <p className="mt-2 max-w-6xl text-[14.5px] leading-relaxed text-muted">{children}</p>
      </div>
    </div>
  )
}
