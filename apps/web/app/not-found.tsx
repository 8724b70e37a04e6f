import { Compass } from 'lucide-react'
import { Interruption } from '../features/shell/interruption.tsx'

export default function NotFound() {
  return (
    <Interruption icon={Compass} title="Page not found.">
      The address is wrong, or the page was removed.
    </Interruption>
  )
}
