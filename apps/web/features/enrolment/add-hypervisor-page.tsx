'use client'

import { useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useTRPC } from '../../connection/trpc-context.ts'
import { Loaded } from '../../ui/display/loaded.tsx'
import { RowsSkeleton } from '../../ui/display/skeleton.tsx'
import { Arrivals } from './arrivals.tsx'
import { EnrolmentForm, type Enrolment } from './enrolment-form.tsx'
import { RunCommand } from './run-command.tsx'

const POLL_MILLISECONDS = 3000

/** How a hypervisor is added: a token, one command, and its first report seen arriving. */
export function AddHypervisorPage() {
  const trpc = useTRPC()
  const [enrolment, setEnrolment] = useState<Enrolment | null>(null)
  const fleet = useQuery({
    ...trpc.fleet.read.queryOptions(),
    refetchInterval: enrolment === null ? false : POLL_MILLISECONDS,
  })
  return (
    <div className="mx-auto max-w-3xl">
      <title>Add a hypervisor · Slashzero</title>
      <h1 className="text-[22px] leading-tight font-semibold tracking-tight sm:text-[28px]">Add a hypervisor</h1>
      <p className="mt-2 max-w-2xl text-[14.5px] leading-relaxed text-muted">
        A hypervisor appears in the fleet when its collector sends the first report. The collector exchanges an
        enrolment token, once, for a credential of its own, and keeps that for every later start.
      </p>
      <Loaded query={fleet} failed="The fleet could not be read." skeleton={<RowsSkeleton />}>
        {(data) => (
          <ol className="mt-8 space-y-8">
            <Step number={1} title="Make an enrolment token">
              <EnrolmentForm
                onCreated={(token) =>
                  setEnrolment({ ...token, known: data.hypervisors.map(({ id }) => id), madeAt: data.now })
                }
              />
            </Step>
            <Step number={2} title="Run one command on the hypervisor">
              {enrolment === null ? (
                <Later>It is shown here once there is a token.</Later>
              ) : (
                <RunCommand enrolment={enrolment} />
              )}
            </Step>
            <Step number={3} title="See its first report">
              {enrolment === null ? (
                <Later>The page waits for it and says when it has come.</Later>
              ) : (
                <Arrivals fleet={data} enrolment={enrolment} />
              )}
            </Step>
          </ol>
        )}
      </Loaded>
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
