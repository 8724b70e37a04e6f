#!/bin/sh
# A small heap without helper threads, and one arena of the C library for all threads, because the memory of a
# hypervisor belongs to its VMs; see the tables in packaging/README.md. The collector itself collects garbage.
export MALLOC_ARENA_MAX=1
exec @PREFIX@/lib/slashzero-collector/slashzero-collector --max-semi-space-size=1 --max-old-space-size=128 --optimize-for-size \
  --no-sparkplug --single-threaded --v8-pool-size=0 --expose-gc @PREFIX@/lib/slashzero-collector/collector.mjs "$@"
