import { Button } from '../design/Button.tsx'
import type { AnyProblem } from '../server/problem.ts'
import { ProblemNotice } from './ProblemNotice.tsx'
import { useOpsWords } from './words.ts'

export interface ReadProblemProps {
  readonly problem: AnyProblem
  readonly onRetry: () => void
}

/** Replaces a list that the page could not read. */
export function ReadProblem({ problem, onRetry }: ReadProblemProps) {
  const words = useOpsWords().problem
  return (
    <div className="px-4 pb-5 sm:px-5">
      <ProblemNotice
        problem={problem}
        title={words.title}
        action={
          <Button size="small" onClick={onRetry}>
            {words.retry}
          </Button>
        }
      />
    </div>
  )
}
