import { setTimeout as sleep } from 'node:timers/promises'
import type { Report } from '@slashzero/contract/report'
import { readLibvirtAccess } from '../route-checks/guest-agent/libvirt/create-libvirt-agents.ts'
import type { Clock } from '../clock.ts'
import type { Kernel } from '../io/kernel.ts'
import { listAbilities } from './abilities.ts'
import { diagnose } from './diagnose.ts'
import type { Diagnosis } from './diagnosis.ts'
import { findUnsent } from './find-unsent.ts'
import { readCapabilities, readSurroundings } from './read-surroundings.ts'
import { EXIT_STATUS, renderCheckmk, renderNagios } from './render-checks.ts'
import { renderText } from './render-text.ts'
import { takeReports } from './take-reports.ts'

export type DoctorOptions = {
  readonly kernel: Kernel
  readonly clock: Clock
  readonly pass: () => Promise<Report>
  readonly format: 'text' | 'json' | 'nagios' | 'checkmk'
  /** Where the collector of this machine keeps what it could not send. */
  readonly stateDir: string
  /** Where the text goes: its columns, and whether it shows colours. */
  readonly terminal: { readonly width: number; readonly colour: boolean }
  /** Told what is going on when that takes time. */
  readonly say: (progress: string) => void
}

/** Looks at this machine, at most twice; returns what to print and the exit status. */
export async function runDoctor({
  kernel,
  clock,
  pass,
  format,
  stateDir,
  terminal,
  say,
}: DoctorOptions): Promise<{ text: string; exitCode: number }> {
  const plugin = format === 'nagios' || format === 'checkmk'
  const slow = setTimeout(() => say('still reading this machine and asking its guests…'), SLOW_MILLISECONDS)
  const onWait = (milliseconds: number, reason: string): void => {
    clearTimeout(slow)
    say(`looking again in ${Math.round(milliseconds / 1000)} s, to see ${reason}…`)
  }
  const [first, ...later] = await takeReports({
    pass,
    sleep,
    patience: plugin ? PLUGIN_PATIENCE : Infinity,
    onWait,
  }).finally(() => clearTimeout(slow))
  const last = later.at(-1) ?? first
  const surroundings = readSurroundings(kernel, last)
  const abilities = listAbilities(readCapabilities(kernel), last, surroundings.ownNamespace, readLibvirtAccess())
  const diagnosis = diagnose(first, later, surroundings, abilities, findUnsent(stateDir, clock.wall()))
  // Checkmk drops the lines of a cached check that exits with a status other than 0; the lines carry the status.
  return {
    text: render(diagnosis, format, terminal),
    exitCode: format === 'checkmk' ? 0 : EXIT_STATUS[diagnosis.status],
  }
}

const SLOW_MILLISECONDS = 2000
/** NRPE gives a plugin ten seconds in all. */
const PLUGIN_PATIENCE = 3000

function render(diagnosis: Diagnosis, format: DoctorOptions['format'], terminal: DoctorOptions['terminal']): string {
  switch (format) {
    case 'text':
      return renderText(diagnosis, terminal)
    case 'json':
      return `${JSON.stringify(diagnosis, null, 2)}\n`
    case 'nagios':
      return renderNagios(diagnosis)
    case 'checkmk':
      return renderCheckmk(diagnosis)
    default:
      return format satisfies never
  }
}
