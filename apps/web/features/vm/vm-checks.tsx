import type { RouteCheckMethod } from '@slashzero/contract/report'
import type { VmDetail } from '@slashzero/contract/page'
import { formatInstantInFull } from '../../ui/words/format-instant.ts'
import { findingOf, methodNames } from '../route/describe-check.ts'
import { Absent } from '../../ui/display/absent.tsx'
import { Age } from '../../ui/display/age.tsx'
import { InlineName } from '../../ui/display/name.tsx'
import { Panel } from '../../ui/display/panel.tsx'
import { ScrollArea } from '../../ui/display/scroll-area.tsx'

const methods = ['guest-agent', 'off-link-probe', 'pushed'] as const satisfies readonly RouteCheckMethod[]

/** What each method found last, also where they disagree; of those that found nothing, what would make them. */
export function VmChecks({ vm: { route }, probes }: VmDetail) {
  return (
    <Panel
      title="Checks"
      note="The latest of each method. Where they disagree, the sentence above says which one counts, and why."
    >
      <ScrollArea label="Checks">
        <table className="table-cards md:min-w-[56rem]">
          <thead>
            <tr>
              <th scope="col" className="w-44">
                Method
              </th>
              <th scope="col" className="w-36">
                Found
              </th>
              <th scope="col" className="w-36">
                When
              </th>
              <th scope="col" className="w-64">
                Gateway and end
              </th>
              <th scope="col">Reason</th>
            </tr>
          </thead>
          <tbody>
            {methods.map((method) => {
              const check = route.checks.find((one) => one.method === method)
              return (
                <tr key={method}>
                  <td data-wide>
                    <span className="font-medium">{methodNames[method]}</span>
                    {method === route.method && <p className="text-[12px] text-muted">the verdict follows it</p>}
                  </td>
                  <td data-label="Found">
                    {check ? <span className="font-medium">{findingOf(check)}</span> : <Absent>not checked</Absent>}
                  </td>
                  <td data-label="When">{check ? <Age at={check.checkedAt} /> : <Absent>never</Absent>}</td>
                  <td data-label="Gateway and end">
                    {check?.gateway ? <InlineName>{check.gateway}</InlineName> : <Absent>none told</Absent>}
                    {check?.expiresAt && (
                      <p className="text-[12px] text-muted">
                        as seen then, until {formatInstantInFull(Date.parse(check.expiresAt))}
                      </p>
                    )}
                  </td>
                  <td data-wide data-label="Reason" className="text-[12.5px] text-muted">
                    {check ? (check.reason ?? <Absent>none was given</Absent>) : turnOn(method, probes)}
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </ScrollArea>
    </Panel>
  )
}

function turnOn(method: RouteCheckMethod, probes: VmDetail['probes']): string {
  switch (method) {
    case 'guest-agent':
      return 'Needs qemu-guest-agent in the VM, and its channel in the VM’s definition.'
    case 'off-link-probe':
      return probes?.includes(method) === false
        ? 'Switched off on its hypervisor: off-link-source in the collector’s configuration turns it on.'
        : 'Its hypervisor has not asked this VM yet, or knows no address of it.'
    case 'pushed':
      return 'This VM pushes nothing: make a token below and run the script in it.'
    default:
      return method satisfies never
  }
}
