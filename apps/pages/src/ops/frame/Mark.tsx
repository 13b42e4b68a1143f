/** The logo. */
export function Mark({ className = '' }: { readonly className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className={`shrink-0 ${className}`}>
      <rect width="32" height="32" rx="8" className="fill-accent" />
      <path d="M18.5 4 7 18.5h7L12.5 28 25 12.8h-7.4z" className="fill-on-accent" />
    </svg>
  )
}
