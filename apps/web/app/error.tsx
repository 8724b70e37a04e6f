'use client'

import { Button } from '../ui/control/button.tsx'
import { Interruption } from '../features/shell/interruption.tsx'

export default function ErrorPage({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <Interruption
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
