/** The unit of the collector. */
export const UNIT = 'slashzero-collector.service'
/** The unit's drop-ins. */
export const DROP_INS = `/etc/systemd/system/${UNIT}.d`
export const CONFIGURATION = '/etc/slashzero/collector.toml'
