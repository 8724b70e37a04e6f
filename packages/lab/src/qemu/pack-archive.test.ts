import { expect, test } from 'vitest'
import { packArchive } from './pack-archive.ts'

test('lists each folder once, before its files, and aligns entries to four bytes', () => {
  const archive = packArchive([
    { path: 'a/b/one', mode: 0o755, content: 'abcde' },
    { path: 'a/two', mode: 0o644, content: '' },
  ])
  expect(list(archive)).toEqual([
    { name: 'a', mode: '40755', content: '' },
    { name: 'a/b', mode: '40755', content: '' },
    { name: 'a/b/one', mode: '100755', content: 'abcde' },
    { name: 'a/two', mode: '100644', content: '' },
    { name: 'TRAILER!!!', mode: '0', content: '' },
  ])
})

/** Reads an archive as the kernel does. Source: init/initramfs.c. */
function list(archive: Buffer): { name: string; mode: string; content: string }[] {
  const entries = []
  for (let at = 0; at < archive.length;) {
    expect(archive.toString('latin1', at, at + 6)).toBe('070701')
    const fields = Array.from({ length: 13 }, (_, index) =>
      Number.parseInt(archive.toString('latin1', at + 6 + index * 8, at + 14 + index * 8), 16),
    )
    const [mode = 0, size = 0, nameLength = 0] = [fields[1], fields[6], fields[11]]
    const content = align(at + 110 + nameLength)
    entries.push({
      name: archive.toString('utf8', at + 110, at + 110 + nameLength - 1),
      mode: mode.toString(8),
      content: archive.toString('utf8', content, content + size),
    })
    at = align(content + size)
  }
  return entries
}

const align = (offset: number) => Math.ceil(offset / 4) * 4
