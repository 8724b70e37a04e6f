// Numbers of the kernel's interface to programs, by the header that defines them (include/ is left out).
// They are the same on x86-64 and arm64.

// linux/socket.h
export const AF_UNIX = 1
export const AF_BRIDGE = 7
export const AF_INET6 = 10
export const AF_NETLINK = 16
export const AF_PACKET = 17
export const MSG_DONTWAIT = 0x40
export const MSG_NOSIGNAL = 0x4000
export const SOL_IPV6 = 41
export const SOL_PACKET = 263

// linux/net.h
export const SOCK_STREAM = 1
export const SOCK_DGRAM = 2
export const SOCK_RAW = 3
export const SOCK_NONBLOCK = 0o4000

// uapi/asm-generic/socket.h
export const SOL_SOCKET = 1
export const SO_RCVBUF = 8
export const SO_RCVTIMEO = 20
export const SO_ATTACH_FILTER = 26
export const SO_MEMINFO = 55

// uapi/linux/sock_diag.h
export const SOCK_DIAG_BY_FAMILY = 20
/** Place of the option memory in the array of 32-bit numbers that SO_MEMINFO and INET_DIAG_SKMEMINFO give. */
export const SK_MEMINFO_OPTMEM = 6
export const SK_MEMINFO_VARS = 9

// uapi/linux/inet_diag.h
export const INET_DIAG_SKMEMINFO = 7

// uapi/linux/in.h, uapi/linux/in6.h and uapi/linux/icmpv6.h
export const IPPROTO_TCP = 6
export const IPPROTO_ICMPV6 = 58
export const IPPROTO_RAW = 255
export const ICMPV6_FILTER = 1
/** net/ndisc.h */
export const NDISC_ROUTER_ADVERTISEMENT = 134
export const IPV6_CHECKSUM = 7
export const IPV6_UNICAST_HOPS = 16
export const IPV6_ADD_MEMBERSHIP = 20
export const MCAST_MSFILTER = 48
export const IPV6_RECVPKTINFO = 49
export const IPV6_PKTINFO = 50

// uapi/linux/netlink.h
export const NETLINK_ROUTE = 0
export const NETLINK_SOCK_DIAG = 4
export const NLMSG_ERROR = 2
export const NLMSG_DONE = 3
export const NLM_F_DUMP_INTR = 0x10
export const NLA_TYPE_MASK = 0x3fff

// uapi/linux/rtnetlink.h
export const RTM_NEWLINK = 16
export const RTM_DELLINK = 17
export const RTM_GETLINK = 18
export const RTM_NEWNEIGH = 28
export const RTM_GETNEIGH = 30
export const RTMGRP_LINK = 1

// uapi/linux/if_link.h
export const IFLA_IFNAME = 3
export const IFLA_MTU = 4
export const IFLA_LINK = 5
export const IFLA_MASTER = 10
export const IFLA_LINKINFO = 18
export const IFLA_INFO_KIND = 1
export const IFLA_AF_SPEC = 26
export const IFLA_LINK_NETNSID = 37
export const IFLA_INET6_CONF = 2
export const IFLA_INET6_CACHEINFO = 5
export const IFLA_INET6_ICMP6STATS = 6

// uapi/linux/snmp.h and uapi/linux/ipv6.h
export const ICMP6_MIB_INMSGS = 1
export const ICMP6_MIB_OUTMSGS = 3
export const DEVCONF_FORWARDING = 0
export const DEVCONF_DISABLE_IPV6 = 26

// uapi/linux/neighbour.h
export const NDA_DST = 1
export const NDA_LLADDR = 2
export const NTF_PROXY = 8
export const NUD_PERMANENT = 0x80

// uapi/linux/if.h, uapi/linux/if_arp.h and uapi/linux/if_ether.h
export const IFF_UP = 1
export const IFF_RUNNING = 0x40
export const IFF_MULTICAST = 0x1000
export const IFNAMSIZ = 16
export const ARPHRD_ETHER = 1
export const ETH_P_ALL = 3
export const ETH_P_IPV6 = 0x86dd

// uapi/linux/if_packet.h
export const PACKET_OUTGOING = 4
export const PACKET_STATISTICS = 6

// uapi/linux/if_tun.h
export const TUNSETIFF = 0x400454ca
export const IFF_TAP = 0x0002
export const IFF_NO_PI = 0x1000

// uapi/linux/sched.h
export const CLONE_NEWNET = 0x40000000

// uapi/asm-generic/unistd.h; calls since Linux 5.1 have the same number on every architecture
export const SYS_PIDFD_OPEN = 434
export const SYS_OPENAT2 = 437
export const SYS_PIDFD_GETFD = 438

// uapi/linux/openat2.h
export const RESOLVE_NO_MAGICLINKS = 0x02
export const RESOLVE_IN_ROOT = 0x10

// uapi/linux/eventpoll.h
export const EPOLLIN = 1
export const EPOLL_CTL_ADD = 1
