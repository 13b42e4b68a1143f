import { useRef, useState, type FormEvent } from 'react'
import { keepInBrowser } from '../../browser/kept-text.ts'
import { Button } from '../../design/Button.tsx'
import { Icon } from '../../design/Icon.tsx'
import { Notice } from '../../design/Notice.tsx'
import { Panel } from '../../design/Panel.tsx'
import { useFormat } from '../../language/LanguageContext.ts'
import { serverClock } from '../../server/use-server-clock.ts'
import { useOpsWords } from '../words.ts'
import type { CreateSaleBody } from '@flash-sale/contract/ops'
import { checkSale, type DraftErrors, type ItemDraft, type SaleDraft } from './check-sale.ts'
import { CreateSaleDialog } from './CreateSaleDialog.tsx'
import { newDraft, newItem } from './draft.ts'
import { ItemFields } from './ItemFields.tsx'
import { keepDraft } from './kept-draft.ts'
import { PaymentFields } from './PaymentFields.tsx'
import { SaleFields } from './SaleFields.tsx'

const itemsMax = 100
const noErrors: DraftErrors = new Map()
const kept = keepDraft(keepInBrowser(() => sessionStorage))

/** The form that creates a sale. The tab keeps its texts until the sale is created. */
export function NewSalePage() {
  const words = useOpsWords().newSale
  const format = useFormat()
  const form = useRef<HTMLFormElement>(null)
  const [draft, showDraft] = useState(() => kept.find() ?? newDraft(serverClock.now()))
  const [wasSubmitted, setWasSubmitted] = useState(false)
  const [asked, setAsked] = useState<CreateSaleBody>()
  const checked = checkSale(draft, serverClock.now())
  // Errors appear when the form is sent, and go when the reader corrects them.
  const errors = wasSubmitted && 'errors' in checked ? checked.errors : noErrors

  const setDraft = (changed: SaleDraft) => {
    kept.keep(changed)
    showDraft(changed)
  }
  const change = (changed: Partial<SaleDraft>) => setDraft({ ...draft, ...changed })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setWasSubmitted(true)
    if ('body' in checked) return setAsked(checked.body)
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus())
  }
  const changeItem = (changed: ItemDraft) =>
    setDraft({ ...draft, items: draft.items.map((item) => (item.key === changed.key ? changed : item)) })
  const startAnew = () => {
    showDraft(newDraft(serverClock.now()))
    setWasSubmitted(false)
    setAsked(undefined)
  }

  return (
    <div className="mx-auto flex max-w-4xl flex-col gap-4">
      <div>
        <h1 className="text-title font-semibold">{words.title}</h1>
        <p className="text-ink-soft">{words.lead}</p>
      </div>
      <form ref={form} onSubmit={submit} noValidate className="flex flex-col gap-4">
        <SaleFields draft={draft} errors={errors} onChange={change} />
        <PaymentFields draft={draft} errors={errors} onChange={change} />
        {draft.items.map((item, i) => (
          <Panel
            key={item.key}
            title={words.item(format.count(i + 1))}
            actions={
              draft.items.length > 1 && (
                <Button
                  kind="quiet"
                  size="small"
                  aria-label={words.removeItem(format.count(i + 1))}
                  onClick={() => setDraft({ ...draft, items: draft.items.filter(({ key }) => key !== item.key) })}
                >
                  <Icon name="cross" />
                </Button>
              )
            }
          >
            <ItemFields item={item} errors={errors} currency={draft.currency} onChange={changeItem} />
          </Panel>
        ))}
        {errors.size > 0 && <Notice kind="bad" role="alert" title={words.checks(format.count(errors.size))} />}
        <div className="flex flex-wrap justify-between gap-3">
          <Button
            disabled={draft.items.length >= itemsMax}
            onClick={() => setDraft({ ...draft, items: [...draft.items, newItem()] })}
          >
            <Icon name="plus" />
            {words.addItem}
          </Button>
          <Button type="submit" kind="primary">
            {words.submit}
          </Button>
        </div>
      </form>
      {asked && (
        <CreateSaleDialog body={asked} onClose={() => setAsked(undefined)} onCreated={kept.forget} onDone={startAnew} />
      )}
    </div>
  )
}
