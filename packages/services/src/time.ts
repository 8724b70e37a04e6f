export const DAY = 86_400_000

/** Milliseconds since the epoch as an ISO instant of the contract. */
export function toIso(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

/** As `toIso`; null stays null. */
export function toIsoOrNull(milliseconds: number | null): string | null {
  return milliseconds === null ? null : toIso(milliseconds)
}
