import type { ReactNode } from 'react'
import { Notice } from '../design/Notice.tsx'
import { problemNames } from '../language/problem-names.ts'
import { useWords } from '../language/words.ts'
import type { AnyProblem } from '../server/problem.ts'

export interface ProblemNoticeProps {
  readonly problem: AnyProblem
  /** Names the action that failed, if the problem's own name does not. */
  readonly title?: string
  readonly action?: ReactNode
}

/** Shows a problem: its name in the reader's language, and the detail, which the service writes in English. */
export function ProblemNotice({ problem, title, action }: ProblemNoticeProps) {
  const names = useWords(problemNames)
  return (
    <Notice kind="bad" role="alert" title={title ?? names[problem.code]} action={action}>
      {title && <p>{names[problem.code]}</p>}
      <p lang="en">{problem.detail}</p>
    </Notice>
  )
}
