/** A name that a host or a guest chose: kept on one line, cut where there is no room, and unable to turn the text around it. */
export function Name({ children, className = '' }: { children: string; className?: string }) {
  return (
    <bdi title={children} className={`block max-w-full truncate ${className}`}>
      {children}
    </bdi>
  )
}

/** The same within a sentence: it breaks where it must. */
export function InlineName({ children }: { children: string }) {
  return (
    <bdi title={children} className="wrap-anywhere">
      {children.length > 64 ? `${children.slice(0, 63)}…` : children}
    </bdi>
  )
}
