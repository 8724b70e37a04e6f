import koffi from 'koffi'

const libc = koffi.load(null)
const calls = {
  syscall: libc.func('long syscall(long number, long a, long b, long c)'),
  ioctl: libc.func('int ioctl(int fd, unsigned long request, void *argument)'),
  setns: libc.func('int setns(int fd, int kind)'),
  socket: libc.func('int socket(int domain, int type, int protocol)'),
  bind: libc.func('int bind(int fd, void *address, uint32_t length)'),
  getsockopt: libc.func('int getsockopt(int fd, int level, int name, void *value, void *length)'),
  setsockopt: libc.func('int setsockopt(int fd, int level, int name, void *value, uint32_t length)'),
}

/** A system call that the kernel refused, with the errno it gave. */
export class KernelError extends Error {
  readonly errno: number
  constructor(name: string, errno: number) {
    super(`${name}: ${nameOf(errno)}`)
    this.name = 'KernelError'
    this.errno = errno
  }
}

export const EADDRNOTAVAIL = koffi.os.errno.EADDRNOTAVAIL ?? 99

/** Calls libc and returns its result; throws {@link KernelError} if the result is -1. */
export function call(name: keyof typeof calls, ...values: (number | Buffer)[]): number {
  const result: unknown = calls[name](...values)
  const number = Number(result)
  if (number < 0) throw new KernelError(name, koffi.errno())
  return number
}

function nameOf(errno: number): string {
  return Object.entries(koffi.os.errno).find(([, number]) => number === errno)?.[0] ?? `errno ${errno}`
}
