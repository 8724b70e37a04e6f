/** The kind of value. `duration`: whole seconds or `infinity`. `interval`: seconds with or without a fraction. */
export type ValueKind = 'switch' | 'number' | 'interval' | 'signed' | 'duration' | 'name'

export type BlockKind = 'prefix' | 'route' | 'rdnss' | 'dnssl' | 'lowpanco' | 'abro'

/**
 * The options of radvd.conf (gram.y of radvd 2.19, radvd.conf(5)), in lower case because later versions ignore case.
 * Options of later versions are kept by name only.
 */
export const INTERFACE_OPTIONS: Readonly<Record<string, ValueKind>> = {
  minrtradvinterval: 'interval',
  maxrtradvinterval: 'interval',
  mindelaybetweenras: 'interval',
  ignoreifmissing: 'switch',
  advsendadvert: 'switch',
  advmanagedflag: 'switch',
  advotherconfigflag: 'switch',
  advlinkmtu: 'number',
  advramtu: 'number',
  advreachabletime: 'number',
  advretranstimer: 'number',
  advdefaultlifetime: 'number',
  advdefaultpreference: 'signed',
  advcurhoplimit: 'number',
  advsourcelladdress: 'switch',
  advintervalopt: 'switch',
  advhomeagentinfo: 'switch',
  advhomeagentflag: 'switch',
  homeagentpreference: 'number',
  homeagentlifetime: 'number',
  unicastonly: 'switch',
  advrasolicitedunicast: 'switch',
  advmobrtrsupportflag: 'switch',
}

export const BLOCK_OPTIONS: Readonly<Record<BlockKind, Readonly<Record<string, ValueKind>>>> = {
  prefix: {
    advonlink: 'switch',
    advautonomous: 'switch',
    advrouteraddr: 'switch',
    advvalidlifetime: 'duration',
    advpreferredlifetime: 'duration',
    deprecateprefix: 'switch',
    decrementlifetimes: 'switch',
    base6interface: 'name',
    base6to4interface: 'name',
  },
  route: { advroutepreference: 'signed', advroutelifetime: 'duration', removeroute: 'switch' },
  rdnss: { advrdnsspreference: 'number', advrdnssopen: 'switch', advrdnsslifetime: 'duration', flushrdnss: 'switch' },
  dnssl: { advdnssllifetime: 'duration', flushdnssl: 'switch' },
  lowpanco: {
    advcontextlength: 'number',
    advcontextcompressionflag: 'switch',
    advcontextid: 'number',
    advlifetime: 'number',
  },
  abro: { advversionlow: 'number', advversionhigh: 'number', advvalidlifetime: 'number' },
}

/** Keywords of radvd 2.19, which cannot be names. */
export const KEYWORDS: ReadonlySet<string> = new Set([
  'interface',
  'prefix',
  'route',
  'RDNSS',
  'DNSSL',
  'clients',
  'lowpanco',
  'abro',
  'AdvRASrcAddress',
])
