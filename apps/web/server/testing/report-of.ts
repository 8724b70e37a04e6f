/** A report of version 1 as a collector sends it: a hypervisor with one radvd, one tap and one VM without ::/0. */
export function reportOf(hostId: string, sequence: number, changes: object = {}) {
  const now = new Date().toISOString()
  const vm = { name: 'vm-1', uuid: '0b0f2a94-64f5-4d6e-9d8e-2f1a3f8c5a01' }
  return {
    version: 1,
    sequence,
    observedAt: now,
    sentAt: now,
    host: {
      id: hostId,
      bootId: '5e7b5dd5-8d3c-4e1c-9f6f-0f6a3f1f9a10',
      name: 'hv-1',
      kernel: '6.1.0-18-amd64',
      collectorVersion: '0.1.0',
      labels: {},
    },
    membershipBytes: 56,
    namespaces: [
      {
        id: 4_026_531_840,
        name: null,
        optmemMaxBytes: 20_480,
        optmemMaxSource: 'init',
        senders: [
          {
            daemon: 'radvd',
            version: '2.19',
            pid: 913,
            startedAt: null,
            executableDeleted: false,
            sockets: [
              {
                inode: 6813,
                optmemBytes: 1008,
                method: 'pidfd',
                unmeasuredReason: null,
                staleInterfaceIndexes: [9, 15],
              },
            ],
          },
        ],
        taps: [
          {
            ifindex: 117,
            name: 'tap1',
            up: true,
            forwarding: true,
            allRoutersUsers: 2,
            routerSolicitsIn: 5,
            routerAdvertsIn: 0,
            routerAdvertsOut: 3,
            vm: { ...vm, pid: 2323 },
          },
        ],
      },
    ],
    routeChecks: [
      {
        vm,
        method: 'guest-agent',
        checkedAt: now,
        defaultRoute: 'absent',
        reason: null,
        gateway: null,
        expiresInSeconds: null,
      },
    ],
    runs: [{ probe: 'optmem', outcome: 'ok', milliseconds: 3.1, error: null }],
    ...changes,
  }
}
