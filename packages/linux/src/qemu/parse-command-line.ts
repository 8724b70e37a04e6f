import { showBytes } from '../text/show-bytes.ts'

export type QemuCommandLine = {
  /** The value of `-name`; null without the option. */
  name: string | null
  /** Lower case, from `-uuid` or `-smbios type=1,uuid=`; null without these options. */
  uuid: string | null
  /**
   * The listening end of the guest agent's channel: the path of a unix socket, or the descriptor that libvirt opened
   * for QEMU.
   */
  guestAgent: { path: string } | { descriptor: number } | null
}

/**
 * Splits `/proc/PID/cmdline` (fs/proc/base.c): each argument ends in NUL, except sometimes the last. Byte text in and
 * out.
 */
export function splitCommandLine(text: string): string[] {
  return text.replace(/\0$/, '').split('\0')
}

/**
 * Reads a QEMU command line (qemu-options.hx) of libvirt, Proxmox or a person, as byte text. Null if the first argument
 * is not the emulator (`qemu-ga`, `qemu-nbd`). An option in an unknown form counts as absent.
 */
export function parseQemuCommandLine(args: readonly string[]): QemuCommandLine | null {
  if (!QEMU.test(args[0]?.split('/').at(-1) ?? '')) return null
  const options = listOptions(args)
  const name = options.find((option) => option.name === 'name')?.value
  return {
    name: name === undefined ? null : showBytes(parseKeys(name, 'guest').get('guest') ?? '') || null,
    uuid: findUuid(options),
    guestAgent: findGuestAgent(options),
  }
}

const QEMU = /(^|[^a-z])qemu-system-|^(qemu|kvm|qemu-kvm|kvm-spice)$/

type Option = { name: string; value: string }

/** `-name value` and `--name value`. A flag such as `-S` gets the next argument as its value, which does no harm. */
function listOptions(args: readonly string[]): Option[] {
  return args.slice(1).flatMap((argument, index) => {
    const name = /^--?([a-z][a-zA-Z0-9-]*)$/.exec(argument)?.[1]
    const value = args[index + 2]
    return name === undefined || value === undefined ? [] : [{ name, value }]
  })
}

/** `first,key=value,flag`, with commas inside a value doubled; or the same as a JSON object. */
function parseKeys(text: string, firstKey: string): Map<string, string> {
  if (text.startsWith('{')) return parseJson(text)
  const keys = new Map<string, string>()
  const parts = text.match(/(?:[^,]|,,)+/g) ?? []
  parts.forEach((part, index) => {
    const equals = part.indexOf('=')
    const value = part.slice(equals + 1).replaceAll(',,', ',')
    if (equals > 0) keys.set(part.slice(0, equals), value)
    else keys.set(index === 0 ? firstKey : part, index === 0 ? value : 'on')
  })
  return keys
}

function parseJson(text: string): Map<string, string> {
  try {
    const parsed: unknown = JSON.parse(text)
    return new Map(Object.entries(Object(parsed)).map(([key, value]) => [key, String(value)]))
  } catch {
    return new Map()
  }
}

function findUuid(options: readonly Option[]): string | null {
  const given = options.find((option) => option.name === 'uuid')?.value
  const smbios = options
    .filter((option) => option.name === 'smbios')
    .map((option) => parseKeys(option.value, 'type'))
    .find((keys) => keys.get('type') === '1')
  const uuid = (given ?? smbios?.get('uuid') ?? '').toLowerCase()
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid) ? uuid : null
}

/** The chardev of the serial port that belongs to the agent. */
function findGuestAgent(options: readonly Option[]): QemuCommandLine['guestAgent'] {
  const port = options
    .filter((option) => option.name === 'device')
    .map((option) => parseKeys(option.value, 'driver'))
    .find(isAgentPort)
  const chardev = options
    .filter((option) => option.name === 'chardev')
    .map((option) => parseKeys(option.value, 'backend'))
    .find((keys) => keys.get('backend') === 'socket' && keys.get('id') === port?.get('chardev'))
  const server = chardev?.get('server')
  if (chardev === undefined || server === undefined || server === 'off') return null
  const path = chardev.get('path')
  if (path !== undefined) return { path: showBytes(path) }
  const descriptor = chardev.get('fd') ?? ''
  return /^\d+$/.test(descriptor) ? { descriptor: Number(descriptor) } : null
}

/**
 * Guests know a port of virtio-serial by its name. A port of isa-serial has no name; Proxmox names its chardev
 * (QemuServer.pm, `agent: type=isa`). Any other chardev may be a console, which must get no orders.
 */
function isAgentPort(keys: ReadonlyMap<string, string>): boolean {
  if (keys.get('driver') === 'isa-serial') return /^qga\d*$/.test(keys.get('chardev') ?? '')
  return keys.get('driver') === 'virtserialport' && keys.get('name') === 'org.qemu.guest_agent.0'
}
