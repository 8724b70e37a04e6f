import type { ProbeRun } from '@slashzero/contract/report'
import type { HypervisorSender } from '@slashzero/contract/page'
import { TriangleAlert } from 'lucide-react'
import { Fragment } from 'react'
import { describeHeadroom } from '../headroom/describe-headroom.ts'
import { formatBytes } from '../../ui/words/format-bytes.ts'
import { formatNumber } from '../../ui/words/format-count.ts'
import { formatRanges } from '../../ui/words/format-ranges.ts'
import { Absent } from '../../ui/display/absent.tsx'
import { Age } from '../../ui/display/age.tsx'
import { Name } from '../../ui/display/name.tsx'
import { Column, Columns, Table } from '../../ui/display/table.tsx'
import { HeadroomBar } from '../headroom/headroom-bar.tsx'
import { describeUnfound } from './describe-unfound.ts'
import { SenderConfiguration } from './sender-configuration.tsx'

/** Sockets that send Router Advertisements, each with its configuration. */
export function SendersTable({
  senders,
  runs,
  isSimulated,
}: {
  senders: readonly HypervisorSender[]
  runs: readonly ProbeRun[]
  /** Whether the hypervisor belongs to the demo. */
  isSimulated: boolean
}) {
  return (
    <Table label="Senders" className="table-cards md:min-w-[62rem]">
      <Columns>
        <Column>Daemon</Column>
        <Column>Namespace</Column>
        <Column className="w-64">Headroom</Column>
        <Column right>Used of limit</Column>
        <Column right>Joins left</Column>
        <Column>Sends</Column>
        <Column about="How the collector reads the option memory: sock_diag asks the kernel; pidfd asks through a copy of the daemon’s socket.">
          Measured by
        </Column>
      </Columns>
      <tbody>
        {senders.map((sender) => (
          <Fragment key={sender.key}>
            <SenderRow sender={sender} />
            <SenderDetail sender={sender} runs={runs} isSimulated={isSimulated} />
          </Fragment>
        ))}
      </tbody>
    </Table>
  )
}

function SenderRow({ sender }: { sender: HypervisorSender }) {
  const { optmemBytes, optmemMaxBytes, joinsLeft, sendsBlocked, method, unmeasuredReason } = sender
  return (
    <tr className="max-md:border-b-0! max-md:pb-1! [&>td]:border-b-0">
      <td data-wide>
        <p className="font-medium">
          {sender.daemon} {sender.version ?? <Absent>version not known</Absent>}
        </p>
        <p className="text-[12px] text-muted">
          pid {sender.pid}
          {sender.startedAt !== null && (
            <>
              , started <Age at={sender.startedAt} />
            </>
          )}
        </p>
        {sender.executableDeleted && (
          <p className="mt-1 flex items-start gap-1 text-[12.5px] text-warn">
            <TriangleAlert aria-hidden size={13} className="mt-0.5 shrink-0" />
            The executable was deleted: restart the daemon to finish its upgrade.
          </p>
        )}
      </td>
      <td data-label="Namespace" className="max-w-60">
        {sender.namespace === null ? 'host' : <Name className="font-mono text-[12px]">{sender.namespace}</Name>}
      </td>
      <td data-wide data-label="Headroom">
        <HeadroomBar headroom={describeHeadroom(sender)} full={joinsLeft === 0 || sendsBlocked === true} />
      </td>
      <td data-right data-label="Used of limit">
        {optmemBytes === null ? <Absent>not measured</Absent> : formatBytes(optmemBytes)}
        <p className="text-[12px] text-muted">
          of {optmemMaxBytes === null ? 'unknown limit' : formatBytes(optmemMaxBytes)}
          {sender.optmemMaxSource === 'init' && ', the host’s'}
        </p>
      </td>
      <td data-right data-label="Joins left">
        {joinsLeft === null ? <Absent>not known</Absent> : formatNumber(joinsLeft)}
        {sender.fullAt !== null && joinsLeft !== 0 && (
          <p className="text-[12px] text-muted">
            full <Age at={sender.fullAt} as="until" />
          </p>
        )}
      </td>
      <td data-label="Sends">
        {sendsBlocked === null ? (
          <Absent>not known</Absent>
        ) : sendsBlocked ? (
          <span className="font-medium text-danger">blocked</span>
        ) : (
          'work'
        )}
      </td>
      <td data-wide data-label="Measured by" className="max-w-72">
        {method === null ? (
          <span className="text-unknown">not measured: {unmeasuredReason ?? 'no reason given'}</span>
        ) : (
          <code className="font-mono text-[12px]">{method}</code>
        )}
      </td>
    </tr>
  )
}

/** The sender's configuration, and the deleted interfaces that it is still a member on. */
function SenderDetail({
  sender,
  runs,
  isSimulated,
}: {
  sender: HypervisorSender
  runs: readonly ProbeRun[]
  isSimulated: boolean
}) {
  const stale = sender.staleInterfaceIndexes ?? []
  const unfound = describeUnfound(sender)
  return (
    <tr className="max-md:pt-0!">
      <td data-wide colSpan={7} className="pt-0! text-[12.5px]">
        <SenderConfiguration sender={sender} runs={runs} isSimulated={isSimulated} />
        <p className={(sender.receiveDrops ?? 0) > 0 ? 'mt-1 text-warn' : 'mt-1 text-muted'}>
          Messages dropped because the receive buffer was full:{' '}
          {sender.receiveDrops == null ? <Absent>not read</Absent> : formatNumber(sender.receiveDrops)}
        </p>
        {unfound !== null && <p className="mt-1 text-muted">{unfound}</p>}
        {stale.length > 0 && (
          <details className="mt-1">
            <summary className="w-fit text-muted hover:text-ink">
              Deleted interfaces that are still joined: {formatNumber(stale.length)}
            </summary>
            <p className="mt-1 max-h-40 overflow-auto font-mono text-[12px] text-muted">
              ifindex {formatRanges(stale)}
            </p>
          </details>
        )}
      </td>
    </tr>
  )
}
