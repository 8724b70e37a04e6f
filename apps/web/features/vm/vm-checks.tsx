import { listSwitchedOff, ROUTE_CHECK_METHODS, type RouteCheckMethod } from '@slashzero/contract/report'
import type { VmDetail } from '@slashzero/contract/page'
import { useTimeZone } from '../../connection/use-time-zone.tsx'
import { formatInstantInFull } from '../../ui/words/format-instant.ts'
import { findingOf, methodNames } from '../route/describe-check.ts'
import { Absent } from '../../ui/display/absent.tsx'
import { Age } from '../../ui/display/age.tsx'
import { InlineName } from '../../ui/display/name.tsx'
import { Panel } from '../../ui/display/panel.tsx'
import { Column, Columns, Table } from '../../ui/display/table.tsx'

/** The last finding of each method; for a method without one, how to turn the method on. */
export function VmChecks({ vm: { route }, probes }: VmDetail) {
  const zone = useTimeZone()
  return (
    <Panel
      title="Checks"
      note="The latest result of each method. If methods disagree, the sentence above says which one counts and why."
    >
      <Table label="Checks" className="table-cards md:min-w-[56rem]">
        <Columns>
          <Column className="w-44">Method</Column>
          <Column className="w-36">Found</Column>
          <Column className="w-36">When</Column>
          <Column className="w-64">Gateway and end</Column>
          <Column>Reason</Column>
        </Columns>
        <tbody>
          {ROUTE_CHECK_METHODS.map((method) => {
            const check = route.checks.find((latest) => latest.method === method)
            return (
              <tr key={method}>
                <td data-wide>
                  <span className="font-medium">{methodNames[method]}</span>
                  {method === route.method && <p className="text-[12px] text-muted">decides the status</p>}
                </td>
                <td data-label="Found">
                  {check ? <span className="font-medium">{findingOf(check)}</span> : <Absent>not checked</Absent>}
                </td>
                <td data-label="When">{check ? <Age at={check.checkedAt} /> : <Absent>never</Absent>}</td>
                <td data-label="Gateway and end">
                  {check?.gateway ? <InlineName>{check.gateway}</InlineName> : <Absent>none</Absent>}
                  {check?.expiresAt && (
                    <p className="text-[12px] text-muted">
                      until {formatInstantInFull(Date.parse(check.expiresAt), zone)}
                    </p>
                  )}
                </td>
                <td data-wide data-label="Reason" className="text-[12.5px] text-muted">
                  {check ? (check.reason ?? <Absent>none given</Absent>) : turnOn(method, probes)}
                </td>
              </tr>
            )
          })}
        </tbody>
      </Table>
    </Panel>
  )
}

function turnOn(method: RouteCheckMethod, probes: VmDetail['probes']): string {
  switch (method) {
    case 'guest-agent':
      return 'Needs qemu-guest-agent in the VM, and the agent’s channel in the definition of the VM.'
    case 'off-link-probe': {
      const off = listSwitchedOff(probes).find(({ name }) => name === 'off-link-probe')
      return off
        ? `Switched off: set ${off.setting} in the collector’s configuration to turn it on.`
        : 'The hypervisor has not probed this VM yet, or knows no address of the VM.'
    }
    case 'pushed':
      return 'Nothing pushed yet: create a token below and run the script in the VM.'
    default:
      return method satisfies never
  }
}
