/** Whether a version such as `2.19` is older than another; an unknown version counts as older. */
export function isBefore(version: string | null, other: string): boolean {
  const [major = 0, minor = 0] = (version ?? '').split(/[._-]/).map(Number)
  const [otherMajor = 0, otherMinor = 0] = other.split('.').map(Number)
  return major < otherMajor || (major === otherMajor && minor < otherMinor)
}
