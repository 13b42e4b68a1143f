import { Notice } from '../../design/Notice.tsx'
import { useFormat } from '../../language/LanguageContext.ts'
import { problemNames } from '../../language/problem-names.ts'
import { useWords } from '../../language/words.ts'
import { isPassing, retryAfterMsOf, type AnyProblem } from '../../server/problem.ts'
import { useOpsWords } from '../words.ts'

export interface ActProblemProps {
  readonly problem: AnyProblem
}

/** Says why an act was not done, or that its outcome is unknown. */
export function ActProblem({ problem }: ActProblemProps) {
  const words = useOpsWords().acts
  const names = useWords(problemNames)
  const format = useFormat()
  const isUnknown = problem.code === 'NO_ANSWER' || problem.code === 'OUTCOME_UNKNOWN'
  const retryAfterMs = retryAfterMsOf(problem)
  return (
    <Notice kind={isUnknown ? 'caution' : 'bad'} role="alert" title={isUnknown ? words.unknown : words.failed}>
      <p>{names[problem.code]}</p>
      <p lang="en">{problem.detail}</p>
      {retryAfterMs > 0 && <p>{words.retryIn(format.span(retryAfterMs))}</p>}
      {isPassing(problem) && <p>{words.safeAgain}</p>}
    </Notice>
  )
}
