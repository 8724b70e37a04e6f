import { Compass } from 'lucide-react'
import { Interruption } from '../features/shell/interruption.tsx'

export default function NotFound() {
  return (
    <Interruption icon={Compass} title="There is no such page.">
      The address may be mistyped, or what it named is gone.
    </Interruption>
  )
}
