import { closeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { openTap } from './open.ts'

// Runs inside a hypervisor. Each input line is the JSON list of the taps to hold.
const held = new Map<string, number>()

for await (const line of createInterface({ input: process.stdin })) {
  const wanted = new Set<string>(JSON.parse(line))
  for (const [name, fd] of held) {
    if (wanted.has(name)) continue
    closeSync(fd)
    held.delete(name)
  }
  for (const name of wanted) {
    if (!held.has(name)) held.set(name, openTap(name))
  }
  process.stdout.write('done\n')
}
