import { AddHypervisorPage } from '../../../features/enrolment/add-hypervisor-page.tsx'

export default function Page() {
  return <AddHypervisorPage />
}
