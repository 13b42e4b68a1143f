import type { ActOptions, Outcome } from '@flash-sale/contract/client'
import { reasonMax } from '@flash-sale/contract/ops'
import type { LiveItem } from '@flash-sale/contract/live'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useId, useState, type FormEvent, type ReactNode } from 'react'
import { Button } from '../../design/Button.tsx'
import { Dialog } from '../../design/Dialog.tsx'
import { Field } from '../../design/Field.tsx'
import { Notice } from '../../design/Notice.tsx'
import { designWords } from '../../design/words.ts'
import { useWords } from '../../language/words.ts'
import { problemOfError, valueOf } from '../../server/problem.ts'
import { randomKey } from '../../server/random-key.ts'
import { useOpsWords } from '../words.ts'
import { ActProblem } from './ActProblem.tsx'

export interface ActDialogProps<Value> {
  readonly title: string
  /** What the act does, and what it does not do. */
  readonly about: ReactNode
  /** The text of the button: the act itself, not "OK". */
  readonly name: string
  readonly danger?: boolean
  /** Asks for the reason of the act, which goes into the audit trail. `required`: without one nothing is done. */
  readonly takesReason?: boolean | 'required'
  /** Fields that the reader fills in first. */
  readonly children?: ReactNode
  /** Whether the fields are right. It shows the reader which are wrong. */
  readonly check?: () => boolean
  /** Called with the same key each time, so that the service acts once, however often the reader tries. */
  readonly perform: (options: ActOptions & { readonly idempotencyKey: string }) => Promise<Outcome<Value>>
  /** Tells the reader what was done. A screen reader reads it out. */
  readonly did: (value: Value) => ReactNode
  /** What the act gives the reader, such as a secret. It stands below, and nothing reads it out by itself. */
  readonly gives?: (value: Value) => ReactNode
  /** A link or button beside "Close" that leads on. */
  readonly next?: ReactNode
  readonly onClose: () => void
}

/** The props of every dialog about one item. */
export interface ItemActDialogProps {
  readonly item: LiveItem
  readonly onClose: () => void
  /** Opens the dialog that makes the ledger anew in place of this one. */
  readonly onRebuild: () => void
}

/** Asks the reader once, acts, and then tells in the same dialog what was done, or why it was not. */
export function ActDialog<Value>(props: ActDialogProps<Value>) {
  const {
    title,
    about,
    name,
    danger = false,
    takesReason = false,
    children,
    check,
    perform,
    did,
    gives,
    next,
    onClose,
  } = props
  const words = useOpsWords().acts
  const { cancel, close } = useWords(designWords)
  const form = useId()
  const [idempotencyKey] = useState(randomKey)
  const [reason, setReason] = useState('')
  const [isReasonMissing, setIsReasonMissing] = useState(false)
  const queryClient = useQueryClient()
  const act = useMutation({
    mutationFn: () => valueOf(perform({ idempotencyKey, reason: reason.trim() || undefined })),
    // Lists may have changed, also after a failure: the audit trail, failed jobs, orders.
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['ops', 'lists'] }),
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const { currentTarget } = event
    if (act.isPending) return
    const lacksReason = takesReason === 'required' && reason.trim() === ''
    setIsReasonMissing(lacksReason)
    if ((check?.() ?? true) && !lacksReason) return act.mutate()
    requestAnimationFrame(() => currentTarget.querySelector<HTMLElement>('[aria-invalid=true]')?.focus())
  }
  if (act.isSuccess) {
    return (
      <Dialog title={title} onClose={onClose}>
        <Notice kind="good" role="status" title={words.done}>
          {did(act.data)} {words.inTrail}
        </Notice>
        {gives?.(act.data)}
        <div className="flex flex-wrap justify-end gap-2">
          {next}
          <Button kind="primary" ref={focusOnArrival} onClick={onClose}>
            {close}
          </Button>
        </div>
      </Dialog>
    )
  }
  return (
    <Dialog title={title} onClose={onClose} locked={act.isPending}>
      <form id={form} onSubmit={submit} noValidate className="flex flex-col gap-4">
        <div className="text-ink-soft">{about}</div>
        {children}
        {takesReason && (
          <Field
            label={words.reason}
            hint={takesReason === 'required' ? words.reasonRequiredHint : words.reasonHint}
            error={isReasonMissing ? words.reasonMissing : undefined}
            autoComplete="off"
            maxLength={reasonMax}
            value={reason}
            onChange={(event) => {
              setReason(event.target.value)
              setIsReasonMissing(false)
            }}
          />
        )}
      </form>
      {act.isError && <ActProblem problem={problemOfError(act.error)} />}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose} disabled={act.isPending} data-focus-first={danger || undefined}>
          {cancel}
        </Button>
        <Button
          type="submit"
          form={form}
          kind={danger ? 'danger' : 'primary'}
          busy={act.isPending}
          data-focus-first={!danger || undefined}
        >
          {act.isPending ? words.working : act.isError ? words.again : name}
        </Button>
      </div>
    </Dialog>
  )
}

/** Gives the focus to the button that replaces the pressed one once the act is done. */
function focusOnArrival(button: HTMLButtonElement | null): void {
  button?.focus()
}
