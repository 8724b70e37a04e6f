/** Milliseconds as the contract writes instants. */
export function toIso(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

export function toIsoOrNull(milliseconds: number | null): string | null {
  return milliseconds === null ? null : toIso(milliseconds)
}
