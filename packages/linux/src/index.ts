export { ALL_ROUTERS, parseIgmp6 } from './procfs/parse-igmp6.ts'
export { parseIfInet6 } from './procfs/parse-if-inet6.ts'
export type { InterfaceAddress } from './procfs/parse-if-inet6.ts'
export { parseRaw6 } from './procfs/parse-raw6.ts'
export type { RawSocket } from './procfs/parse-raw6.ts'
export { parseDevSnmp6, parseSolicitsIn } from './procfs/parse-dev-snmp6.ts'
export type { InterfaceCounters } from './procfs/parse-dev-snmp6.ts'
export {
  parseBootTime,
  parseLastPid,
  parseProcessStat,
  parseSysctl,
  parseUptime,
  startTime,
} from './procfs/parse-process-stat.ts'
export type { ProcessStat } from './procfs/parse-process-stat.ts'
export { parseCapabilities } from './procfs/parse-capabilities.ts'
export { parseCgroup } from './procfs/parse-cgroup.ts'
export type { Manager } from './procfs/parse-cgroup.ts'
export { parseRootMount } from './procfs/parse-mountinfo.ts'
export { parseUnixSockets } from './procfs/parse-unix-sockets.ts'
export type { UnixSocket } from './procfs/parse-unix-sockets.ts'
export { parseDescriptor, parseExecutable, parseTunInterface } from './procfs/parse-descriptor.ts'
export type { Descriptor } from './procfs/parse-descriptor.ts'
export { parseQemuCommandLine, splitCommandLine } from './qemu/parse-command-line.ts'
export type { QemuCommandLine } from './qemu/parse-command-line.ts'
export { parseVmmCommandLine } from './vmm/parse-vmm-command-line.ts'
export { findRadvdConf } from './radvd/find-radvd-conf.ts'
export { checkRadvdInterface } from './radvd/check-interface.ts'
export { parseRadvdConf } from './radvd/parse-radvd-conf.ts'
export type { RadvdInterface, RadvdPrefix } from './radvd/parse-radvd-conf.ts'
export { configureDnsmasq } from './dnsmasq/configure-dnsmasq.ts'
export type { ConfiguredInterface } from './dnsmasq/configure-dnsmasq.ts'
export { COMMAND_LINE, readDnsmasqArguments, readDnsmasqConf } from './dnsmasq/read-options.ts'
export type { DnsmasqOption } from './dnsmasq/read-options.ts'
export { selectConfFiles } from './dnsmasq/select-conf-files.ts'
export { encodeRequest, NetlinkError, readDump } from './netlink/read-messages.ts'
export type { DumpPart, NetlinkMessage } from './netlink/read-messages.ts'
export { encodeLinkRequest, parseLink, parseLinkEvents } from './netlink/links.ts'
export type { IcmpMark, Link, LinkEvent, LinkState } from './netlink/links.ts'
export { encodeNeighbourRequest, parseNeighbour } from './netlink/neighbours.ts'
export type { Neighbour } from './netlink/neighbours.ts'
export { encodeRawIcmpv6Request, parseDiagnosedSocket } from './netlink/sock-diag.ts'
export type { DiagnosedSocket } from './netlink/sock-diag.ts'
export { parseRouterAdvertisement } from './router-advertisement/parse-router-advertisement.ts'
export type {
  AdvertisedPrefix,
  AdvertisedRoute,
  RouterAdvertisement,
  RouterPreference,
} from './router-advertisement/parse-router-advertisement.ts'
export { parseSocketMemory } from './socket/parse-socket-memory.ts'
export { encodeAllRoutersFilter, encodeAllRoutersMembership, setFilterInterface } from './socket/encode-membership.ts'
export { showBytes } from './text/show-bytes.ts'
export { ShapeError } from './text/shape-error.ts'
