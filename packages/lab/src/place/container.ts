import { type Cell, joinNetwork, startCell } from '../cell/start.ts'
import { type Place, prepareNetwork } from './place.ts'

/**
 * Starts a container inside a hypervisor, with its own namespaces and root file system. Only that file system has
 * radvd's executable and configuration. Its network namespace has no name.
 */
export async function startContainer(hypervisor: Cell, optmemMaxBytes: number): Promise<Place> {
  const cell = await startCell([...ROOT, ...prepareNetwork(optmemMaxBytes)], hypervisor)
  const radvd = {
    program: '/opt/router/radvd',
    configuration: '/opt/router/radvd.conf',
    pidFile: '/opt/router/radvd.pid',
  }
  return { cell, holders: joinNetwork(hypervisor, cell), name: null, radvd }
}

const ROOT = [
  'mount -n -t tmpfs container /mnt',
  'cd /mnt',
  'mkdir usr proc dev etc opt opt/router run sys tmp var old',
  'for folder in usr dev sys; do mount -n --rbind /$folder $folder; done',
  'for folder in bin sbin lib lib64; do if [ -L /$folder ]; then cp -a /$folder .; elif [ -d /$folder ]; then mkdir $folder; mount -n --bind /$folder $folder; fi; done',
  'cp /etc/passwd /etc/group etc/',
  'cp "$(command -v radvd)" opt/router/radvd',
  'mount -n -t proc proc proc',
  'pivot_root . old',
  'cd /',
  'umount -n -l /old',
]
