import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { startHypervisor } from './start.ts'

test('a hypervisor is isolated and does not see its guests', async () => {
  const hypervisor = await startHypervisor({ name: 'isolation-test' })
  onTestFinished(() => hypervisor.dispose())
  const vm = await hypervisor.addVm({ name: 'vm-101', tap: 'tap101' })
  const inside = (command: string) => hypervisor.cell.run('sh', ['-c', command])

  expect((await inside('hostname')).trim()).toBe('isolation-test')
  expect(await inside('cat /etc/machine-id')).not.toBe(await readFile('/etc/machine-id', 'utf8'))
  expect((await inside('ls /sys/class/net')).trim().split('\n')).toEqual(['lo', 'tap101'])
  expect((await inside('ls /run')).split('\n')).not.toContain('slashzero-lab')
  expect((await inside('readlink /proc/[0-9]*/ns/net | sort -u')).trim().split('\n')).toHaveLength(1)
  expect((await inside('cat /proc/[0-9]*/fdinfo/* 2>/dev/null | grep -h ^iff:')).trim()).toBe('iff:\ttap101')
  expect((await inside('cat /proc/[0-9]*/comm')).split('\n')).not.toContain('qemu-ga')
  expect((await vm.guest.run('ls', ['/proc/sys/net/ipv6/conf'])).split('\n')).not.toContain('tap101')
})

test('a guest agent answers at the address in the VM’s command line', async () => {
  const hypervisor = await startHypervisor({ name: 'agent-test' })
  onTestFinished(() => hypervisor.dispose())
  const vm = await hypervisor.addVm({ name: 'vm-101', tap: 'tap101' })
  const commandLines = await hypervisor.cell.run('sh', ['-c', 'cat /proc/[0-9]*/cmdline | tr "\\0" "\\n"'])
  expect(commandLines).toContain(`guest=${vm.name},`)
  expect(commandLines).toContain(vm.uuid)
  const socket = /socket,path=([^,]+),/.exec(commandLines)?.[1] ?? ''
  expect(socket).toBe('/run/qemu/vm-101.qga.sock')
  const answer = await ask(`/proc/${hypervisor.cell.pid}/root${socket}`, '{"execute":"guest-info"}\n')
  expect(JSON.parse(answer)).toMatchObject({ return: { version: expect.stringMatching(/^\d+\.\d+/) } })
})

async function ask(path: string, question: string): Promise<string> {
  const socket = connect(path)
  socket.write(question)
  let answer = ''
  for await (const chunk of socket) {
    answer += String(chunk)
    if (answer.endsWith('\n')) break
  }
  return answer
}
