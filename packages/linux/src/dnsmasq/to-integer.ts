/** The value of decimal digits in 32 bits with a sign, as atoi(3) of glibc gives it; 0 without digits. */
export function toInteger(digits: string): number {
  const significant = digits.replace(/^0+/, '')
  if (significant.length > 19) return -1
  const value = BigInt(significant === '' ? 0 : significant)
  return value > 0x7fff_ffff_ffff_ffffn ? -1 : Number(BigInt.asIntN(32, value))
}
