import { isProblemCode } from '@flash-sale/contract/problem'
import { problemNames } from '../../language/problem-names.ts'
import { useWords } from '../../language/words.ts'
import { paymentsWords } from './payments-words.ts'

/** Why money goes back, in the reader's language. A reason that has no words is shown as it is. */
export function useReasonName(): (reason: string) => string {
  const { reasons } = useWords(paymentsWords)
  const names = useWords(problemNames)
  return (reason) => {
    if (Object.hasOwn(reasons, reason)) return reasons[reason]!
    return isProblemCode(reason) ? names[reason] : reason
  }
}
