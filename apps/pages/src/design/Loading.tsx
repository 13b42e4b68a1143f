import { useWords } from '../language/words.ts'
import { designWords } from './words.ts'

/** Says that something is loading. It appears only after a wait that a reader notices, and does not move. */
export function Loading({ label }: { readonly label?: string }) {
  const words = useWords(designWords)
  return (
    <p role="status" className="late px-6 py-12 text-center text-ink-soft">
      {label ?? words.loading}
    </p>
  )
}
