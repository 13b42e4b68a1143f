import { useSyncExternalStore } from 'react'
import { useFormat } from '../../language/LanguageContext.ts'
import { useWords } from '../../language/words.ts'
import { shopWords } from '../words.ts'

/** Counts down: "Next try in 3 s". Screen readers skip it, or they would read each second. `untilMs` is by `performance.now()`. */
export function SecondsLeft({ untilMs }: { readonly untilMs: number }) {
  const words = useWords(shopWords)
  const format = useFormat()
  const secondsLeft = useSyncExternalStore(lookOften, () => Math.ceil((untilMs - performance.now()) / 1_000))
  return (
    <span aria-hidden="true" className="text-small font-normal whitespace-nowrap text-ink-soft">
      {words.waiting.nextTry} {format.span(Math.max(1, secondsLeft) * 1_000)}
    </span>
  )
}

function lookOften(onLook: () => void): () => void {
  const timer = setInterval(onLook, 200)
  return () => clearInterval(timer)
}
