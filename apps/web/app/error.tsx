'use client'

import { TriangleAlert } from 'lucide-react'
import { Button } from '../ui/control/button.tsx'
import { Interruption } from '../features/shell/interruption.tsx'

export default function ErrorPage({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <Interruption
      icon={TriangleAlert}
      title="This page failed."
      action={
        <Button look="primary" onClick={retry}>
          Try again
        </Button>
      }
    >
      {error instanceof Error && error.message !== '' ? error.message : 'The error has no message.'}
    </Interruption>
  )
}
