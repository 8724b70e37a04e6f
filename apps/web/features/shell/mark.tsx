/** The product's mark, `/0`, in the colours of the theme. */
export function Mark({ size = 22 }: { size?: number }) {
  return (
    <svg aria-hidden width={size} height={size} viewBox="0 0 24 24" fill="none">
      <rect x="1" y="1" width="22" height="22" rx="6" className="fill-accent" />
      <path d="M5.5 18.5 10.5 5.5" className="stroke-accent-ink" strokeWidth="2.2" strokeLinecap="round" />
      <ellipse cx="15.4" cy="12" rx="3.4" ry="5.4" className="stroke-accent-ink" strokeWidth="2.2" />
    </svg>
  )
}
