import { setTimeout as sleep } from 'node:timers/promises'
import type { Cell } from '../cell/start.ts'
import { calibrateMembership } from '../optmem/calibrate.ts'
import { readLimit } from '../optmem/read-sender.ts'
import { readSockets } from '../optmem/read.ts'
import { bringUp, startTapHolder } from './hold.ts'

/** The names that churn uses, again and again, as a platform does. */
export function nameTaps(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `tap${1001 + index}`)
}

/** The changes to a hypervisor's taps; see the type Hypervisor. `addressed` as in {@link BringUpOptions}. */
export function startChurn(cell: Cell, addressed = false) {
  const holder = startTapHolder(cell)
  let kept = 0

  async function addTaps(count: number): Promise<void> {
    const before = countMemberships(cell)
    await holder.hold(nameTaps(count))
    await bringUp(cell, nameTaps(count).slice(kept), { group: GROUP, addressed })
    await untilJoined(cell, before + count - kept, Math.max(0, count - kept))
    kept = count
  }

  return {
    addTaps,
    async churn(count: number): Promise<void> {
      await addTaps(count)
      await cell.run('ip', ['link', 'delete', 'group', GROUP])
      await holder.hold([])
      kept = 0
    },
    async replug(count: number): Promise<void> {
      const names = nameTaps(count)
      const present = await cell.run('ip', ['-brief', 'link', 'show', 'type', 'tun'])
      const missing = names.filter((name) => !present.includes(`${name} `))
      await cell.run('ip', ['-batch', '-'], missing.map((name) => `tuntap add dev ${name} mode tap\n`).join(''))
      await holder.hold([])
      await holder.hold(names)
      await bringUp(cell, names, { addressed })
    },
  }
}

/** Waits until each sender holds `memberships`, `fresh` of them new, or is full. */
async function untilJoined(cell: Cell, memberships: number, fresh: number): Promise<void> {
  const capacity = Math.ceil((await readLimit(cell)) / calibrateMembership()) - 1
  const deadline = Date.now() + PATIENCE_MILLISECONDS + fresh * PATIENCE_EACH
  while (countMemberships(cell) < Math.min(memberships, capacity)) {
    if (Date.now() > deadline)
      throw new Error(`A sender holds ${countMemberships(cell)} memberships where ${memberships} were awaited.`)
    await sleep(100)
  }
}

/**
 * The smallest number of memberships of a sender, from option memory. A send in progress costs less than one
 * membership.
 */
function countMemberships(cell: Cell): number {
  const used = readSockets(cell.pid).map(({ optmemBytes }) => optmemBytes)
  return used.length === 0 ? 0 : Math.floor(Math.min(...used) / calibrateMembership())
}

// A link group is deleted in one transaction; one by one, each deletion takes the kernel 30 ms.
const GROUP = '60'
const PATIENCE_MILLISECONDS = 60_000
const PATIENCE_EACH = 200
