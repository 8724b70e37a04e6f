import { closeSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'

/** A log file that never grows beyond a bound. */
export type BoundedLog = { readonly write: (text: string | Uint8Array) => void; readonly close: () => void }

const MAX_BYTES = 16 * 1024 * 1024
const OLDER_FILES = 4

/**
 * Opens the log at `path`. An existing file becomes `path.1`, up to `path.4`; so does a file beyond `maxBytes`.
 * A line that cannot be written, such as on a full disk, is lost: the log must not end the program that it describes.
 */
export function openBoundedLog(path: string, maxBytes = MAX_BYTES): BoundedLog {
  let file: number | null = null
  let bytes = 0

  function startFile(): void {
    close()
    const names = [path, ...Array.from({ length: OLDER_FILES }, (_, index) => `${path}.${index + 1}`)]
    for (let index = OLDER_FILES; index > 0; index -= 1) moveOver(names[index - 1] ?? '', names[index] ?? '')
    file = openSync(path, 'a', 0o600)
    bytes = fstatSync(file).size
  }

  function close(): void {
    if (file !== null) closeSync(file)
    file = null
  }

  startFile()
  return {
    close,
    write(text) {
      try {
        if (file === null || bytes >= maxBytes) startFile()
        if (file !== null) bytes += typeof text === 'string' ? writeSync(file, text) : writeSync(file, text)
      } catch {
        // The next line tries again.
      }
    },
  }
}

function moveOver(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch {
    // The older file is missing, or cannot be renamed; then the oldest lines are lost.
    rmSync(to, { force: true })
  }
}
