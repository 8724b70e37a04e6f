import { VmsPage } from '../../../features/vms/vms-page.tsx'

export default function Page() {
  return <VmsPage />
}
