import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, readFileSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { openTap } from '../tap/open.ts'
import type { CrowdAnswer, CrowdOrder } from './start.ts'

// Runs inside a hypervisor and obeys lines of JSON. A VM is a shell with QEMU's name and arguments that has a tap open
// and waits for the end of its input: hundreds of such VMs weigh as much as one QEMU.
const vms = new Map<string, ChildProcess>()

for await (const line of createInterface({ input: process.stdin })) {
  const { stop, start }: CrowdOrder = JSON.parse(line)
  await Promise.all(stop.map(end))
  const started = start.map(begin)
  process.stdout.write(`${JSON.stringify({ started } satisfies CrowdAnswer)}\n`)
}

async function end(name: string): Promise<void> {
  const vm = vms.get(name)
  vms.delete(name)
  if (!vm) throw new Error(`There is no VM ${name}.`)
  const ended = once(vm, 'exit')
  vm.kill('SIGKILL')
  await ended
}

function begin({ name, uuid, tap, pid }: CrowdOrder['start'][number]): CrowdAnswer['started'][number] {
  const descriptor = openTap(tap)
  const ifindex = Number(readFileSync(`/sys/class/net/${tap}/ifindex`, 'utf8'))
  // The next process of this pid namespace gets the next free number.
  if (pid !== null) writeFileSync('/proc/sys/kernel/ns_last_pid', String(pid - 1))
  const args = ['-c', 'read _', '-name', `guest=${name},debug-threads=on`, '-uuid', uuid]
  const vm = spawn('/bin/sh', args, { argv0: 'qemu-system-x86_64', stdio: ['pipe', 'ignore', 'ignore', descriptor] })
  closeSync(descriptor)
  if (vm.pid === undefined) throw new Error(`VM ${name} did not start.`)
  vms.set(name, vm)
  return { name, ifindex, pid: vm.pid }
}
