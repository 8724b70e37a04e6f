import type { LinuxMachine } from './start.ts'

/** Starts the real guest agent in a machine, on the port of its hypervisor's socket. */
export async function startAgent(machine: LinuxMachine): Promise<void> {
  await machine.run('sh', ['-ec', SCRIPT])
}

const SCRIPT = `
for port in /sys/class/virtio-ports/*; do
  [ "$(cat $port/name)" = org.qemu.guest_agent.0 ] || continue
  exec qemu-ga --daemonize --method virtio-serial --path /dev/\${port##*/} --statedir /run --pidfile /run/qemu-ga.pid
done
exit 1`
