import { Suspense, type ComponentProps, type ReactNode } from 'react'
import { Prefetched } from '../../connection/prefetched.tsx'
import { PanelBoundary } from './panel-boundary.tsx'

/**
 * A panel that loads and fails alone: the page does not wait for its data. Stands inside the `Prefetched` of the
 * answer, so that the panel renders after what it shares with the answer.
 */
export function Streamed({
  failed,
  skeleton,
  read,
  children,
}: {
  /** `The senders could not be shown.` */
  failed: string
  skeleton: ReactNode
  read: ComponentProps<typeof Prefetched>['read']
  children: ReactNode
}) {
  return (
    <PanelBoundary failed={failed}>
      <Suspense fallback={skeleton}>
        <Prefetched read={read}>{children}</Prefetched>
      </Suspense>
    </PanelBoundary>
  )
}
