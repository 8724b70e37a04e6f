#!/bin/sh
# Small heaps, as a pass needs little and a hypervisor's memory belongs to its VMs.
exec @PREFIX@/lib/slashzero-collector/slashzero-collector --max-semi-space-size=1 --max-old-space-size=128 \
  @PREFIX@/lib/slashzero-collector/collector.mjs "$@"
