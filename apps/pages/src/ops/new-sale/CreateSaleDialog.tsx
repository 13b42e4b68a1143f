import type { CreateSaleBody } from '@flash-sale/contract/ops'
import type { SaleView } from '@flash-sale/contract/sales'
import { useState } from 'react'
import { Link } from 'wouter'
import { buttonClass } from '../../design/Button.tsx'
import { useFormat } from '../../language/LanguageContext.ts'
import { ActDialog } from '../acts/ActDialog.tsx'
import { useOpsSession } from '../session/OpsSession.ts'
import { useOpsWords } from '../words.ts'

export interface CreateSaleDialogProps {
  readonly body: CreateSaleBody
  /** Goes back to the form, which keeps its values. */
  readonly onClose: () => void
  /** Called when the sale is created. The reader may then leave by a link, without closing the dialog. */
  readonly onCreated: () => void
  /** Called when the reader closes the dialog of a created sale, so that the form starts anew. */
  readonly onDone: () => void
}

/** Shows the items and times of the sale once more, and creates the sale. */
export function CreateSaleDialog({ body, onClose, onCreated, onDone }: CreateSaleDialogProps) {
  const words = useOpsWords().newSale
  const { client } = useOpsSession()
  const [isDone, setIsDone] = useState(false)
  const format = useFormat()
  const units = body.items.reduce((sum, { total }) => sum + total, 0)
  const items = body.items.length === 1 ? words.oneItem : words.manyItems(format.count(body.items.length))
  return (
    <ActDialog<SaleView>
      title={words.ask(body.name)}
      about={words.summary(items, format.count(units))}
      name={words.submit}
      perform={async (key) => {
        const outcome = await client.createSale(body, key)
        setIsDone(outcome.ok)
        if (outcome.ok) onCreated()
        return outcome
      }}
      did={({ name, saleId }) => words.did(name, String(saleId))}
      next={
        <Link href="/" className={buttonClass('plain')}>
          {words.toLive}
        </Link>
      }
      onClose={isDone ? onDone : onClose}
    >
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
        <dt className="text-ink-soft">{words.opensAt}</dt>
        <dd className="font-semibold">{format.dateTime(body.opensAt)}</dd>
        <dt className="text-ink-soft">{words.closesAt}</dt>
        <dd className="font-semibold">{format.dateTime(body.closesAt)}</dd>
        {body.currency !== undefined && (
          <>
            <dt className="text-ink-soft">{words.currency}</dt>
            <dd className="font-semibold">{body.currency}</dd>
          </>
        )}
        {body.payWithinSeconds !== undefined && (
          <>
            <dt className="text-ink-soft">{words.payWithin}</dt>
            <dd className="font-semibold">{format.longSpan(body.payWithinSeconds * 1_000)}</dd>
          </>
        )}
      </dl>
    </ActDialog>
  )
}
