import { VmsPage } from '../../../components/vm/vms-page.tsx'

export default function Page() {
  return <VmsPage />
}
