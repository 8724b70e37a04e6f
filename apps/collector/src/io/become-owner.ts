import { lstatSync } from 'node:fs'

/**
 * Gives up root for the owner of `folder`, for good, so that a link in the folder leads no further than its owner may
 * go. Does nothing for other users, for a missing folder and for a folder of root.
 */
export function becomeOwner(folder: string): void {
  if (process.getuid?.() !== 0) return
  // The owner of a link is the user who made the link.
  const found = lstatSync(folder, { throwIfNoEntry: false })
  if (found === undefined || found.uid === 0) return
  process.setgroups?.([found.gid])
  process.setgid?.(found.gid)
  process.setuid?.(found.uid)
}
