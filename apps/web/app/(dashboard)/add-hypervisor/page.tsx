import { AddHypervisorPage } from '../../../components/enrolment/add-hypervisor-page.tsx'

export default function Page() {
  return <AddHypervisorPage />
}
