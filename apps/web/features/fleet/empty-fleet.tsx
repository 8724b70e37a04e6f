import { Server } from 'lucide-react'
import Link from 'next/link'
import { formatCount } from '../../ui/words/format-count.ts'
import { buttonClass } from '../../ui/control/button.tsx'
import { DemoLoad } from '../demo/demo-load.tsx'

const steps = [
  {
    title: 'A collector on each hypervisor',
    text: 'The collector asks the kernel how full the socket of the Router Advertisement daemon is, which taps the daemon serves, and whether the VMs still have ::/0.',
  },
  {
    title: 'A report every 15 seconds',
    text: 'The collector delivers its reports to this server over HTTP. It opens no port, changes nothing on the host, and keeps reports while the server is away.',
  },
  {
    title: 'The answer here',
    text: 'This page says which VMs have lost ::/0, why, and which hypervisor fills up next.',
  },
] as const

/**
 * The fleet page of a new installation: what Slashzero does, how to add a hypervisor, and a demo fleet.
 * @param idle how many machines report without any sender or VM, such as the one that serves this page
 */
export function EmptyFleet({ idle }: { idle: number }) {
  return (
    <div className="mx-auto max-w-3xl py-6 sm:py-12">
      <span className="mb-5 flex size-11 items-center justify-center rounded-xl border border-line bg-panel text-accent">
        <Server aria-hidden size={20} />
      </span>
      <h1 className="text-[26px] leading-tight font-semibold tracking-tight sm:text-[30px]">
        {idle === 0
          ? 'No hypervisor reports yet.'
          : `${formatCount(idle, 'machine')} ${idle === 1 ? 'reports' : 'report'}, but no VM has been seen yet.`}
      </h1>
      <p className="mt-2 max-w-xl text-[15px] leading-relaxed text-muted">
        Slashzero says which VM has lost its IPv6 default route, ::/0, why, and which VM is next.
      </p>
      <ol className="mt-8 grid gap-px overflow-hidden rounded-xl border border-line bg-line sm:grid-cols-3">
        {steps.map(({ title, text }, index) => (
          <li key={title} className="bg-panel p-4">
            <p className="font-mono text-[12px] text-faint">{index + 1}</p>
            <p className="mt-1 font-medium">{title}</p>
            <p className="mt-1 text-[13px] text-muted">{text}</p>
          </li>
        ))}
      </ol>
      <div className="mt-6 flex flex-wrap items-start gap-3">
        <Link href="/add-hypervisor" className={buttonClass('primary')}>
          Add a hypervisor
        </Link>
        <DemoLoad />
      </div>
    </div>
  )
}
