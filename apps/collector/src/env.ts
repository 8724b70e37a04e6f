/** What the environment says; a flag of the same meaning goes before it. */
export type Environment = {
  server: string | undefined
  enrolmentToken: string | undefined
  enrolmentTokenFile: string | undefined
  stateDir: string | undefined
  interval: string | undefined
}

/** The one place that reads `process.env`. An empty variable counts as none. */
export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  return {
    server: variables['SLASHZERO_SERVER'] || undefined,
    enrolmentToken: variables['SLASHZERO_ENROLMENT_TOKEN'] || undefined,
    enrolmentTokenFile: variables['SLASHZERO_ENROLMENT_TOKEN_FILE'] || undefined,
    stateDir: variables['SLASHZERO_STATE_DIR'] || undefined,
    interval: variables['SLASHZERO_INTERVAL_SECONDS'] || undefined,
  }
}
