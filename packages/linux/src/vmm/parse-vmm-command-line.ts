import { showBytes } from '../text/show-bytes.ts'

/** A VM of cloud-hypervisor or Firecracker. These monitors have no guest agent. */
export type VmmCommandLine = {
  program: 'cloud-hypervisor' | 'firecracker'
  /** Firecracker's `--id`; otherwise the path of the API socket, which only one VM can have; null without both. */
  name: string | null
  /** Lower case, from cloud-hypervisor's `--platform uuid=`; null without the option. */
  uuid: string | null
}

/**
 * Reads a command line, byte text, of cloud-hypervisor (docs/api.md, `--api-socket`, `--platform`) or Firecracker
 * (docs/jailer.md, `--id`, `--api-sock`). Null for other programs, such as firecracker-containerd.
 */
export function parseVmmCommandLine(args: readonly string[]): VmmCommandLine | null {
  const name = args[0]?.split('/').at(-1) ?? ''
  const program = /^(cloud-hypervisor|firecracker)(?:-static)?(?:-v?\d[^/]*)?$/.exec(name)?.[1]
  if (program === 'firecracker')
    return { program, name: show(valueOf(args, 'id') ?? valueOf(args, 'api-sock')), uuid: null }
  if (program !== 'cloud-hypervisor') return null
  const uuid = keyOf(valueOf(args, 'platform'), 'uuid')?.toLowerCase() ?? ''
  const socket = valueOf(args, 'api-socket')
  const path = keyOf(socket, 'path') ?? (socket?.includes('=') === true ? null : socket)
  return { program, name: show(path), uuid: UUID.test(uuid) ? uuid : null }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The value of `--option VALUE` or `--option=VALUE`. */
function valueOf(args: readonly string[], option: string): string | null {
  const at = args.findIndex((argument) => argument === `--${option}` || argument.startsWith(`--${option}=`))
  return at === -1
    ? null
    : args[at] === `--${option}`
      ? (args[at + 1] ?? null)
      : (args[at]?.slice(option.length + 3) ?? null)
}

/** The value of a key in `key=value,key=value`. */
function keyOf(text: string | null, key: string): string | null {
  const pair = text?.split(',').find((part) => part.startsWith(`${key}=`))
  return pair?.slice(key.length + 1) ?? null
}

function show(text: string | null): string | null {
  return showBytes(text ?? '') || null
}
