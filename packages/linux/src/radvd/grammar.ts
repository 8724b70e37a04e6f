/** The kind of value. `duration`: whole seconds or `infinity`. `interval`: seconds with or without a fraction. */
export type ValueKind = 'switch' | 'number' | 'interval' | 'signed' | 'duration' | 'name'

export type BlockKind = 'prefix' | 'route' | 'rdnss' | 'dnssl' | 'lowpanco' | 'abro'

/**
 * The options of radvd.conf (gram.y and scanner.l of radvd 2.19, radvd.conf(5)). Later versions ignore case. Options of
 * later versions are kept by name only.
 */
export const INTERFACE_OPTIONS: Readonly<Record<string, ValueKind>> = {
  MinRtrAdvInterval: 'interval',
  MaxRtrAdvInterval: 'interval',
  MinDelayBetweenRAs: 'interval',
  IgnoreIfMissing: 'switch',
  AdvSendAdvert: 'switch',
  AdvManagedFlag: 'switch',
  AdvOtherConfigFlag: 'switch',
  AdvLinkMTU: 'number',
  AdvRAMTU: 'number',
  AdvReachableTime: 'number',
  AdvRetransTimer: 'number',
  AdvDefaultLifetime: 'number',
  AdvDefaultPreference: 'signed',
  AdvCurHopLimit: 'number',
  AdvSourceLLAddress: 'switch',
  AdvIntervalOpt: 'switch',
  AdvHomeAgentInfo: 'switch',
  AdvHomeAgentFlag: 'switch',
  HomeAgentPreference: 'number',
  HomeAgentLifetime: 'number',
  UnicastOnly: 'switch',
  AdvRASolicitedUnicast: 'switch',
  AdvMobRtrSupportFlag: 'switch',
}

export const BLOCK_OPTIONS: Readonly<Record<BlockKind, Readonly<Record<string, ValueKind>>>> = {
  prefix: {
    AdvOnLink: 'switch',
    AdvAutonomous: 'switch',
    AdvRouterAddr: 'switch',
    AdvValidLifetime: 'duration',
    AdvPreferredLifetime: 'duration',
    DeprecatePrefix: 'switch',
    DecrementLifetimes: 'switch',
    Base6Interface: 'name',
    Base6to4Interface: 'name',
  },
  route: { AdvRoutePreference: 'signed', AdvRouteLifetime: 'duration', RemoveRoute: 'switch' },
  rdnss: { AdvRDNSSPreference: 'number', AdvRDNSSOpen: 'switch', AdvRDNSSLifetime: 'duration', FlushRDNSS: 'switch' },
  dnssl: { AdvDNSSLLifetime: 'duration', FlushDNSSL: 'switch' },
  lowpanco: {
    AdvContextLength: 'number',
    AdvContextCompressionFlag: 'switch',
    AdvContextID: 'number',
    AdvLifeTime: 'number',
  },
  abro: { AdvVersionLow: 'number', AdvVersionHigh: 'number', AdvValidLifeTime: 'number' },
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
