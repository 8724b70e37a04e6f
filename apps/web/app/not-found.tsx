import { Interruption } from '../features/shell/interruption.tsx'

export default function NotFound() {
  return <Interruption title="Page not found.">The address is wrong, or the page was removed.</Interruption>
}
