/**
 * Removes what is never loaded from a 64-bit little-endian ELF program, of any architecture: debugging information,
 * symbol table, section headers. Exported symbols stay. Throws if the bytes are not such a program.
 */
export function strip(program: Buffer): Buffer {
  const ident = program.subarray(0, 6)
  if (program.length < 64 || !ident.equals(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]))) {
    throw new Error('this is not a 64-bit little-endian ELF program')
  }
  const table = Number(program.readBigUInt64LE(E_PHOFF))
  const size = program.readUInt16LE(E_PHENTSIZE)
  const count = program.readUInt16LE(E_PHNUM)
  const ends = Array.from({ length: count }, (_, index) => {
    const header = table + index * size
    return Number(program.readBigUInt64LE(header + P_OFFSET) + program.readBigUInt64LE(header + P_FILESZ))
  })
  const stripped = Buffer.from(program.subarray(0, Math.max(table + count * size, ...ends)))
  stripped.writeBigUInt64LE(0n, E_SHOFF)
  stripped.writeUInt16LE(0, E_SHNUM)
  stripped.writeUInt16LE(0, E_SHSTRNDX)
  return stripped
}

// elf(5): Elf64_Ehdr and Elf64_Phdr.
const E_PHOFF = 32
const E_SHOFF = 40
const E_PHENTSIZE = 54
const E_PHNUM = 56
const E_SHNUM = 60
const E_SHSTRNDX = 62
const P_OFFSET = 8
const P_FILESZ = 32
