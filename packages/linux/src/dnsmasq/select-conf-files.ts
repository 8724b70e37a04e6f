/**
 * Selects the files of a folder that `conf-dir=FOLDER,SUFFIX,…` reads (option.c of dnsmasq 2.90): not hidden files,
 * backups and files that end in a suffix. If a suffix begins with `*`, only files that end in such a suffix are read.
 */
export function selectConfFiles([folder = '', ...suffixes]: readonly string[]): {
  folder: string
  selects: (name: string) => boolean
} {
  const wanted = suffixes
    .filter((suffix) => suffix.length > 1 && suffix.startsWith('*'))
    .map((suffix) => suffix.slice(1))
  const unwanted = suffixes.filter((suffix) => suffix !== '' && !suffix.startsWith('*'))
  const ends = (name: string) => (suffix: string) => name.length > suffix.length && name.endsWith(suffix)
  const selects = (name: string): boolean => {
    if (name.startsWith('.') || name.endsWith('~') || /^#.*#$/s.test(name)) return false
    return (wanted.length === 0 || wanted.some(ends(name))) && !unwanted.some(ends(name))
  }
  return { folder, selects }
}
