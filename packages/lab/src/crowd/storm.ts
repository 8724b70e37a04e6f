import { randomUUID } from 'node:crypto'
import type { Report } from '@slashzero/contract/report'
import { createRandom } from '@slashzero/demo'
import type { Cell } from '../cell/start.ts'
import { nameTaps } from '../tap/churn.ts'
import { bringUp } from '../tap/hold.ts'
import { startCrowd } from './start.ts'

/** VMs that come and go on taps whose names, and in processes whose numbers, are used again and again. */
export type Storm = {
  /** Ends some VMs and starts as many, then lets some pairs of taps change names. */
  readonly step: () => Promise<void>
  /** Describes the taps for which a report names a wrong VM. */
  readonly findWrong: (report: Report) => string[]
  /** The taps of running VMs for which a report names no VM. */
  readonly findUnknown: (report: Report) => string[]
  readonly counts: () => Readonly<Record<'started' | 'ended' | 'renamed' | 'reused', number>>
}

type Vm = { readonly name: string; readonly ifindex: number; readonly pid: number; tap: string }

/** Starts `size` VMs on a hypervisor; each step replaces a fifth of the VMs. radvd serves the taps by name. */
export async function startStorm(cell: Cell, size: number): Promise<Storm> {
  const order = startCrowd(cell)
  const random = createRandom('storm')
  /** By ifindex, which is never used again: the VM behind the tap, also after the VM has ended. */
  const truth = new Map<number, string>()
  const running = new Map<string, Vm>()
  const counts = { started: 0, ended: 0, renamed: 0, reused: 0 }
  await exchange([], nameTaps(size), [])

  async function exchange(stop: readonly string[], taps: readonly string[], pids: readonly number[]): Promise<void> {
    const start = taps.map((tap, place) => ({
      name: `vm-${counts.started + place}`,
      uuid: randomUUID(),
      tap,
      pid: pids[place] ?? null,
    }))
    const { started } = await order({ stop, start })
    for (const name of stop) running.delete(name)
    started.forEach(({ name, ifindex, pid }, place) => {
      running.set(name, { name, ifindex, pid, tap: taps[place] ?? '' })
      truth.set(ifindex, name)
      if (pid === pids[place]) counts.reused += 1
    })
    counts.started += started.length
    counts.ended += stop.length
    await bringUp(cell, taps)
  }

  /** The taps of two VMs swap their names, so that both names stand for other taps. */
  async function swap(one: Vm, other: Vm): Promise<void> {
    const [first, second] = [one.tap, other.tap]
    const down = [`link set ${first} down`, `link set ${second} down`]
    const names = [
      `link set ${first} name ${BETWEEN}`,
      `link set ${second} name ${first}`,
      `link set ${BETWEEN} name ${second}`,
    ]
    const up = [`link set ${first} up`, `link set ${second} up`]
    await cell.run('ip', ['-batch', '-'], [...down, ...names, ...up].map((line) => `${line}\n`).join(''))
    one.tap = second
    other.tap = first
    counts.renamed += 2
  }

  return {
    async step() {
      const all = shuffle([...running.values()])
      const gone = all.slice(0, Math.ceil(size / 5))
      const taps = shuffle(gone.map(({ tap }) => tap))
      // Half of the VMs get the pid of a process that had another tap.
      const pids = shuffle(gone.map(({ pid }) => pid)).slice(0, Math.ceil(gone.length / 2))
      await exchange(
        gone.map(({ name }) => name),
        taps,
        pids,
      )
      const [one, other, third, fourth] = all.slice(gone.length)
      if (one && other) await swap(one, other)
      if (third && fourth) await swap(third, fourth)
    },
    findWrong: ({ namespaces }) =>
      namespaces.flatMap(({ taps }) =>
        taps.flatMap(({ ifindex, name, vm }) =>
          vm === null || !truth.has(ifindex) || truth.get(ifindex) === vm.name
            ? []
            : [`${name} (${ifindex}) is ${truth.get(ifindex)}'s, not ${vm.name}'s`],
        ),
      ),
    findUnknown: ({ namespaces }) => {
      const told = new Map(namespaces.flatMap(({ taps }) => taps.map((tap) => [tap.ifindex, tap])))
      return [...running.values()].flatMap(({ name, ifindex, tap }) => {
        const found = told.get(ifindex)
        return found?.vm?.name === name && found.name === tap ? [] : [`${tap} (${ifindex}) of ${name}`]
      })
    },
    counts: () => counts,
  }

  function shuffle<Item>(items: readonly Item[]): Item[] {
    return items
      .map((item) => ({ item, key: random.next() }))
      .toSorted((a, b) => a.key - b.key)
      .map(({ item }) => item)
  }
}

const BETWEEN = 'between'
