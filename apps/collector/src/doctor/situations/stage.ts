import { readFileSync, writeFileSync } from 'node:fs'
import { type BareGuest, type BareHypervisor, connectGuest, startBareHypervisor, until } from '@slashzero/lab/testing'
import type { TestContext } from 'vitest'
import type { Action, Diagnosis } from '../diagnosis.ts'

/** A command that doctor printed, and what came of it. */
export type Ran = {
  readonly action: Action
  readonly command: string
  readonly exit: number
  readonly output: string
}

export type Context = Pick<TestContext, 'skip' | 'onTestFinished'>

/**
 * Makes a situation, runs the commands that doctor prints there, and asserts that they help and that another VM keeps
 * its route.
 */
export type Situation = { readonly name: string; readonly play: (context: Context) => Promise<readonly Ran[]> }

/** Runs each command of each finding in the order that doctor prints. `run` runs a script of sh and never fails. */
export async function obey(
  { findings }: Diagnosis,
  run: (script: string, action: Action) => Promise<string>,
): Promise<Ran[]> {
  const ran: Ran[] = []
  for (const step of findings.flatMap(({ steps }) => steps)) {
    if (step.command === null) continue
    const said = await run(`{ ${step.command}; } 2>&1; echo "exit $?"`, step.action)
    const [, output = '', exit] = /^([^]*)exit (\d+)\n$/.exec(said) ?? []
    ran.push({ action: step.action, command: step.command, exit: Number(exit), output })
  }
  return ran
}

/** The script that prints doctor's findings as JSON, whatever its status. */
export function doctorScript(command: readonly string[]): string[] {
  return ['sh', '-c', '"$@" --json || [ $? -lt 4 ]', '-', ...command, 'doctor']
}

export type Watch = {
  /** What has happened to the guest's default route; empty if the route never went. */
  readonly readHarm: () => Promise<string[]>
}

/** Waits for a guest's default route, and watches it from then on. */
export async function watchRoute(guest: BareGuest): Promise<Watch> {
  const hasRoute = async () => (await guest.run('ip', '-6', 'route', 'show', 'default')).includes('via fe80:')
  await until('the guest has its route', hasRoute)
  let changes = ''
  guest
    .start('ip', '-6', 'monitor', 'route')
    .stdout?.setEncoding('utf8')
    .on('data', (text: string) => (changes += text))
  return {
    async readHarm() {
      const removals = changes.split('\n').filter((change) => change.startsWith('Deleted default'))
      return (await hasRoute()) ? removals : [...removals, 'the route is missing']
    },
  }
}

export const STEADY = 'tap101'
export const OTHERS = ['tap102', 'tap103', 'tap104']
/** radvd joins on these taps and then finds them gone. */
export const CHURN = Array.from({ length: 20 }, (_, index) => `churn${index}`)
export const OLD_KERNEL = 'a namespace has no limit of its own before Linux 6.8'
/** The lifetime outlasts a test. */
export const RADVD_OPTIONS =
  'AdvSendAdvert on; IgnoreIfMissing on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4; AdvDefaultLifetime 600;'

export type Stage = BareHypervisor & {
  /** Of the radvd that serves the steady VM, and the path of its configuration. */
  readonly pid: string
  readonly path: string
  readonly configure: (change: (text: string) => string) => void
  /** Opens and raises a tap that belongs to another VM. */
  readonly addTap: (name: string) => Promise<void>
  readonly diagnose: () => Promise<Diagnosis>
  /** Runs the commands that doctor prints now; the guest's own commands run in `guest`. */
  readonly obey: (diagnosis?: Diagnosis, guest?: BareGuest) => Promise<Ran[]>
  readonly awaitStatus: (name: string, status: string) => Promise<Diagnosis>
  /** Of the steady VM. */
  readonly readHarm: () => Promise<string[]>
}

/**
 * A hypervisor with a radvd for these interfaces and one VM, the steady VM, that has nothing to do with the situations
 * of the tests.
 */
export async function setStage({ onTestFinished }: Context, served: readonly string[]): Promise<Stage> {
  const hypervisor = await startBareHypervisor()
  onTestFinished(() => hypervisor.remove())
  const guest = await connectGuest(hypervisor, await hypervisor.startVm('-name', 'steady'), STEADY, 'cable101')
  onTestFinished(() => guest.remove())
  await hypervisor.startRadvd([STEADY, ...served])
  // A radvd that has joined is past its start, during which SIGHUP would end it.
  await hypervisor.raiseServed([STEADY])
  const [line = ''] = (await hypervisor.run('pgrep', '-oa', 'radvd')).split('\n')
  const [, pid = '', path = ''] = /^(\d+) .* -C (\S+)/.exec(line) ?? []
  const configure = (change: (text: string) => string) => writeFileSync(path, change(readFileSync(path, 'utf8')))
  configure((text) => text.replaceAll('MaxRtrAdvInterval 4;', 'MaxRtrAdvInterval 4; AdvDefaultLifetime 600;'))
  await hypervisor.run('kill', '-HUP', pid)
  const { readHarm } = await watchRoute(guest)
  const diagnose = async (): Promise<Diagnosis> =>
    JSON.parse(await hypervisor.run(...doctorScript(hypervisor.collector)))
  return {
    ...hypervisor,
    pid,
    path,
    configure,
    diagnose,
    readHarm,
    async addTap(name) {
      const vm = await hypervisor.startVm('-name', `owner-of-${name}`)
      await vm.ask('open', name)
      await hypervisor.run('ip', 'link', 'set', name, 'up')
    },
    async obey(diagnosis, inside = guest) {
      return obey(diagnosis ?? (await diagnose()), (script, action) =>
        (action === 'show-guest' ? inside : hypervisor).run('sh', '-c', script),
      )
    },
    async awaitStatus(name, status) {
      let last: Diagnosis | null = null
      const isReached = async () => {
        last = await diagnose()
        return last.namespaces.some(({ taps }) => taps.some((tap) => tap.name === name && tap.status === status))
      }
      await until(`${name} is ${status}`, isReached, 40)
      return last ?? diagnose()
    },
  }
}
