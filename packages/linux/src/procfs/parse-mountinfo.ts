/**
 * The device and folder that a process sees as `/`, as `MAJOR:MINOR FOLDER` (proc_pid_mountinfo(5)). Two processes with
 * the same answer find the same files, apart from other mounts. Null if no mount is at the process's `/`.
 */
export function parseRootMount(text: string): string | null {
  const row = text.split('\n').findLast((line) => line.split(' ', 5)[4] === '/')
  return row === undefined ? null : row.split(' ').slice(2, 4).join(' ')
}
