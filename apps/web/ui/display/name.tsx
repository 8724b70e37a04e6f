/**
 * A name that a host or a guest chose: on one line, cut if too long, and isolated so that it cannot reverse the text
 * around it.
 */
export function Name({ children, className = '' }: { children: string; className?: string }) {
  return (
    <bdi title={children} className={`block max-w-full truncate ${className}`}>
      {children}
    </bdi>
  )
}

/** The same within a sentence, where the name may wrap. */
export function InlineName({ children }: { children: string }) {
  return (
    <bdi title={children} className="wrap-anywhere">
      {children.length > 64 ? `${children.slice(0, 63)}…` : children}
    </bdi>
  )
}
