'use client'

import { useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { trpc } from '../../connection/trpc.ts'
import { Loaded } from '../../ui/display/loaded.tsx'
import { Arrivals } from './arrivals.tsx'
import { EnrolmentForm, type Enrolment } from './enrolment-form.tsx'
import { RunCommand } from './run-command.tsx'

const POLL_MILLISECONDS = 3000

/** Adds a hypervisor in three steps: a token, one command, the first report. */
export function AddHypervisorPage() {
  const [enrolment, setEnrolment] = useState<Enrolment | null>(null)
  const arrivals = useQuery({
    ...trpc.enrolment.arrivals.queryOptions({ since: enrolment?.createdAt ?? '' }),
    enabled: enrolment !== null,
    refetchInterval: POLL_MILLISECONDS,
  })
  return (
    <div className="mx-auto max-w-3xl">
      <title>Add a hypervisor · Slashzero</title>
      <h1 className="text-[22px] leading-tight font-semibold tracking-tight sm:text-[28px]">Add a hypervisor</h1>
      <p className="mt-2 max-w-2xl text-[14.5px] leading-relaxed text-muted">
        A hypervisor joins the fleet with the first report of its collector. The collector exchanges the enrolment token
        once for its own credential, and keeps the credential across restarts.
      </p>
      <ol className="mt-8 space-y-8">
        <Step number={1} title="Create an enrolment token">
          <EnrolmentForm onCreated={setEnrolment} />
        </Step>
        <Step number={2} title="Run one command on the hypervisor">
          {enrolment === null ? (
            <Later>The command appears here after step 1.</Later>
          ) : (
            <RunCommand enrolment={enrolment} />
          )}
        </Step>
        <Step number={3} title="Wait for the first report">
          {enrolment === null ? (
            <Later>The hypervisor appears here when its first report arrives.</Later>
          ) : (
            <Loaded query={arrivals} failed="The new hypervisors could not be read." skeleton={<Later>Reading…</Later>}>
              {(data) => <Arrivals arrivals={data} enrolment={enrolment} />}
            </Loaded>
          )}
        </Step>
      </ol>
    </div>
  )
}

function Step({ number, title, children }: { number: number; title: string; children: ReactNode }) {
  return (
    <li className="grid grid-cols-[2rem_minmax(0,1fr)] gap-x-3">
      <span
        aria-hidden
        className="flex size-7 items-center justify-center rounded-full border border-line-strong bg-panel text-[13px] font-medium"
      >
        {number}
      </span>
      <section>
        <h2 className="mb-3 pt-0.5 text-[15px] font-semibold">{title}</h2>
        {children}
      </section>
    </li>
  )
}

function Later({ children }: { children: string }) {
  return <p className="text-[13px] text-faint">{children}</p>
}
