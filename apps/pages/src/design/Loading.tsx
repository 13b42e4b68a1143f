import { useWords } from '../language/words.ts'
import { designWords } from './words.ts'

/** While something is on its way. Stands still, and shows itself only when the wait is long enough to be noticed. */
export function Loading({ label }: { readonly label?: string }) {
  const words = useWords(designWords)
  return (
    <p role="status" className="late px-6 py-12 text-center text-ink-soft">
      {label ?? words.loading}
    </p>
  )
}
