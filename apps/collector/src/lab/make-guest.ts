import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'

const execute = promisify(execFile)

type Hypervisor = { readonly run: (...command: string[]) => Promise<string> }
type Vm = { readonly ask: (...words: string[]) => Promise<string> }

/**
 * The kernel of a guest, on a cable to a tap of `vm`. It is beside the hypervisor and not inside, so that the collector sees of it what
 * it sees of a VM.
 */
export async function makeGuest(hypervisor: Hypervisor, vm: Vm, tap: string, cable: string) {
  const guest = spawn('setpriv', [
    '--pdeathsig',
    'KILL',
    'unshare',
    '--net',
    'sh',
    '-c',
    'echo ready && exec sleep infinity',
  ])
  await once(guest.stdout, 'data')
  const run = async (...command: string[]): Promise<string> => {
    const { stdout } = await execute('nsenter', ['-t', String(guest.pid), '-n', '--', ...command])
    return stdout
  }
  await vm.ask('open', tap, cable)
  const host = await findProcess((await hypervisor.run('readlink', '/proc/self/ns/net')).trim())
  await execute('nsenter', [`--net=/proc/${host}/ns/net`, '--', 'ip', 'link', 'set', cable, 'netns', String(guest.pid)])
  await vm.ask('wire', tap, cable)
  await run('sh', '-ec', `ip link set lo up; sysctl -qw net.ipv6.conf.${cable}.accept_dad=0; ip link set ${cable} up`)
  return {
    run,
    start: (...command: string[]) =>
      spawn('setpriv', ['--pdeathsig', 'KILL', 'nsenter', '-t', String(guest.pid), '-n', '--', ...command], {
        stdio: 'ignore',
      }),
    remove: () => void guest.kill('SIGKILL'),
  }
}

/** A process in this network namespace, as this machine numbers it. */
async function findProcess(namespace: string): Promise<string> {
  const search = 'for p in /proc/[0-9]*; do [ "$(readlink $p/ns/net)" = "$0" ] && echo ${p#/proc/} && break; done'
  const { stdout } = await execute('sh', ['-c', search, namespace])
  return stdout.trim()
}
