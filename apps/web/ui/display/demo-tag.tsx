/** Marks simulated data. */
export function DemoTag() {
  return (
    <span
      title="Simulated: demo data"
      className="shrink-0 rounded border border-line-strong px-1 text-[10.5px] leading-4 font-medium tracking-wide text-muted uppercase"
    >
      Demo
    </span>
  )
}
