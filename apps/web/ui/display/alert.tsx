/** Says beside a form or a button why the server refused what was asked. */
export function Alert({ children, className = '' }: { children: string; className?: string }) {
  return (
    <p
      role="alert"
      className={`rounded-md border border-danger-line bg-danger-wash px-3 py-2 text-[13px] text-danger ${className}`}
    >
      {children}
    </p>
  )
}
