import type { Socket } from 'node:net'

export type Request = { execute: string; arguments?: Record<string, unknown> }
export type Answer = (request: Request, socket: Socket) => unknown

export const gateway = 'fe80::ff:fe00:1'
const commandMissing = {
  error: { class: 'CommandNotFound', desc: 'The command guest-network-get-route has not been found' },
}
export const alive = `default via ${gateway} dev eth0 proto ra metric 1024 expires 1790sec hoplimit 64 pref medium\n`
const rules = '0:\tfrom all lookup local\n32766:\tfrom all lookup main\n'

/** An agent like qemu-ga 7.2, without guest-network-get-route; the guest's route command prints `output`. */
export function linuxAgent(output: string, os = 'debian'): (request: Request, socket?: Socket) => unknown {
  let polls = 0
  return (request) => {
    switch (request.execute) {
      case 'guest-sync-delimited':
        return { return: request.arguments?.['id'] }
      case 'guest-get-osinfo':
        return { return: { id: os } }
      case 'guest-exec':
        return { return: { pid: 4711 } }
      case 'guest-exec-status':
        polls += 1
        return {
          return:
            polls % 2 === 1
              ? { exited: false }
              : { exited: true, exitcode: 0, 'out-data': Buffer.from(output).toString('base64') },
        }
      default:
        return commandMissing
    }
  }
}

/** An agent that lists routes; without `output` it blocks guest-exec. */
export function lists(routes: unknown[], output: string | null): Answer {
  const agent = linuxAgent(output ?? '')
  return (request) => {
    if (request.execute === 'guest-network-get-route') return { return: routes }
    return output === null && request.execute === 'guest-exec' ? commandMissing : agent(request)
  }
}

/** An agent that behaves until the given command and then gives this answer. */
export function after(command: string, reply: unknown): Answer {
  const agent = linuxAgent('')
  return (request) => (request.execute === command ? reply : agent(request))
}

export function flood(socket: Socket): void {
  const chunk = Buffer.alloc(64 * 1024, 'x')
  const pour = () => {
    while (!socket.destroyed && socket.write(chunk));
  }
  socket.on('drain', pour)
  pour()
}

/** The output of the script in a Linux guest, with `routes` as the output of `ip -6 route show default table all`. */
export function linux(routes: string): string {
  return `#rule\n${rules}#route\n${routes}#exit 0\n#end\n`
}
