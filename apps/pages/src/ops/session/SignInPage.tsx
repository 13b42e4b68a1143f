import { operatorNameMax } from '@flash-sale/contract/ops'
import { isPrinted } from '@flash-sale/contract/printed-text'
import { useEffect, useRef, useState, type FormEvent } from 'react'
import { Button } from '../../design/Button.tsx'
import { Field } from '../../design/Field.tsx'
import { Notice } from '../../design/Notice.tsx'
import { ThemeSwitch } from '../../design/ThemeSwitch.tsx'
import { LanguageSwitch } from '../../language/LanguageSwitch.tsx'
import type { AnyProblem } from '../../server/problem.ts'
import { Mark } from '../frame/Mark.tsx'
import { ProblemNotice } from '../ProblemNotice.tsx'
import { useOpsWords } from '../words.ts'
import { opsClient } from './OpsSession.ts'

export interface SignInPageProps {
  /** The name of the operator who signed in here last; '' if there was none. */
  readonly operator: string
  readonly onSignedIn: (opsKey: string, operator: string) => void
  /** The reader was signed in, and then the service refused the key. */
  readonly wasSignedOut: boolean
}

/** Asks for the operators' key, and keeps it only if the service takes it. */
export function SignInPage({ operator, onSignedIn, wasSignedOut }: SignInPageProps) {
  const { signIn: words, product } = useOpsWords()
  const [opsKey, setOpsKey] = useState('')
  const [name, setName] = useState(operator)
  const [error, setError] = useState<string>()
  const [problem, setProblem] = useState<AnyProblem>()
  const [busy, setBusy] = useState(false)
  const keyField = useRef<HTMLInputElement>(null)
  // First when the page opens, then after each wrong key.
  useEffect(() => {
    if (!busy) keyField.current?.select()
  }, [busy])

  const signIn = async () => {
    if (opsKey.trim() === '') return setError(words.missing)
    setBusy(true)
    const outcome = await opsClient(opsKey.trim()).readAuditTrail({ limit: '1' })
    setBusy(false)
    if (outcome.ok) return onSignedIn(opsKey.trim(), printedName(name))
    const { code } = outcome.problem
    if (code === 'UNAUTHORIZED' || code === 'FORBIDDEN') setError(words.wrong)
    else setProblem(outcome.problem)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setError(undefined)
    setProblem(undefined)
    if (!busy) void signIn()
  }

  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-md flex-col justify-center gap-6 px-5 py-10">
      <title>{`${words.title} · ${product}`}</title>
      <div className="flex flex-col gap-2">
        <Mark className="mb-2 size-11" />
        <h1 className="text-figure font-semibold">{words.title}</h1>
        <p className="text-ink-soft">{words.lead}</p>
      </div>
      {wasSignedOut && <Notice kind="caution" title={words.over} />}
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <Field
          ref={keyField}
          label={words.key}
          hint={words.hint}
          error={error}
          type="password"
          name="ops-key"
          autoComplete="off"
          spellCheck={false}
          value={opsKey}
          onChange={(event) => setOpsKey(event.target.value)}
        />
        <Field
          label={words.name}
          hint={words.nameHint}
          name="operator"
          autoComplete="name"
          maxLength={operatorNameMax}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Button type="submit" kind="primary" size="large" busy={busy}>
          {words.submit}
        </Button>
      </form>
      {problem && <ProblemNotice problem={problem} />}
      <div className="flex justify-end gap-1">
        <LanguageSwitch />
        <ThemeSwitch />
      </div>
    </main>
  )
}

/** The service refuses a name that people cannot read: then nobody is named. */
function printedName(name: string): string {
  const text = name.trim()
  return isPrinted(text) ? text : ''
}
