'use client'

import { describeFailure } from '../../connection/describe-failure.ts'
import { Button } from '../../ui/control/button.tsx'
import { Alert } from '../../ui/display/alert.tsx'
import { useDemoStatus } from './use-demo-status.ts'
import { useLoadDemo } from './use-load-demo.ts'

/** Loads the demo fleet with one click. */
export function DemoLoad() {
  const status = useDemoStatus()
  const load = useLoadDemo()
  const isLoading = status?.state === 'loading' || load.isPending
  const failure = load.isError ? describeFailure(load.error).message : status?.state === 'failed' ? status.error : null
  return (
    <div>
      <Button busy={isLoading} onClick={() => load.mutate()}>
        {isLoading ? 'Loading the demo fleet…' : 'Load the demo fleet'}
      </Button>
      {failure !== null && <Alert className="mt-2 max-w-md">{`The demo fleet could not be loaded: ${failure}`}</Alert>}
      {!isLoading && (
        <p className="mt-1.5 text-[12.5px] text-muted">
          200 simulated hypervisors, marked as demo. One click removes them.
        </p>
      )}
    </div>
  )
}
