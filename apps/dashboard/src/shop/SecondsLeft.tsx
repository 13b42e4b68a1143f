import { useEffect, useReducer } from 'react'
import { useFormat } from '../language/LanguageContext.ts'
import { useWords } from '../language/words.ts'
import { shopWords } from './words.ts'

/** "Next try in 3 s", counting down. Not read out: each second of it would be. `untilMs` is on the clock of performance.now(). */
export function SecondsLeft({ untilMs }: { readonly untilMs: number }) {
  const words = useWords(shopWords)
  const format = useFormat()
  const [, renderAgain] = useReducer((renders: number) => renders + 1, 0)
  useEffect(() => {
    const timer = setInterval(renderAgain, 250)
    return () => clearInterval(timer)
  }, [])
  const seconds = Math.max(1, Math.ceil((untilMs - performance.now()) / 1_000))
  return (
    <span aria-hidden="true" className="whitespace-nowrap">
      {words.waiting.nextTry} {format.span(seconds * 1_000)}
    </span>
  )
}
