import type { ReactNode } from 'react'
import { Notice } from '../design/Notice.tsx'
import { problemNames } from '../language/problem-names.ts'
import { useWords } from '../language/words.ts'
import type { AnyProblem } from '../server/problem.ts'

export interface ProblemNoticeProps {
  readonly problem: AnyProblem
  /** What could not be done, where the problem's own name does not say it. */
  readonly title?: string
  readonly action?: ReactNode
}

/** What went wrong: its name in the reader's language, and what the service says about it, which it says in English. */
export function ProblemNotice({ problem, title, action }: ProblemNoticeProps) {
  const names = useWords(problemNames)
  return (
    <Notice kind="bad" role="alert" title={title ?? names[problem.code]} action={action}>
      {title && <p>{names[problem.code]}</p>}
      <p lang="en">{problem.detail}</p>
    </Notice>
  )
}
