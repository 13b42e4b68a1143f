import type { RefundView } from '@flash-sale/contract/payments'
import { useId, useState } from 'react'
import { useFormat } from '../../language/LanguageContext.ts'
import { useWords } from '../../language/words.ts'
import { ActDialog } from '../acts/ActDialog.tsx'
import { useOpsSession } from '../session/OpsSession.ts'
import { paymentsWords } from './payments-words.ts'

export interface RefundDialogProps {
  readonly orderId: string
  /** The order's name for people: its number, or else its id. */
  readonly name?: string
  readonly onClose: () => void
}

/** Cancels a paid order and gives its money back; its units are sold again only if the operator wants that. */
export function RefundDialog({ orderId, name = orderId, onClose }: RefundDialogProps) {
  const words = useWords(paymentsWords).refund
  const { client } = useOpsSession()
  const format = useFormat()
  const id = useId()
  const [returnUnits, setReturnUnits] = useState(false)
  return (
    <ActDialog<RefundView>
      title={words.title(name)}
      about={words.about}
      name={words.name}
      danger
      takesReason="required"
      perform={({ idempotencyKey, reason = '' }) =>
        // The key names the choice too, since another choice is another request.
        client.refundOrder(orderId, { returnUnits }, { idempotencyKey: `${idempotencyKey}-${returnUnits}`, reason })
      }
      did={({ amount, currency }) => words.did(format.price(amount, currency))}
      onClose={onClose}
    >
      <div className="flex items-start gap-2.5">
        <input
          id={id}
          type="checkbox"
          checked={returnUnits}
          aria-describedby={`${id}-hint`}
          onChange={(event) => setReturnUnits(event.target.checked)}
          className="mt-1 size-4 shrink-0 accent-accent"
        />
        <span className="min-w-0">
          <label htmlFor={id} className="font-medium">
            {words.returnUnits}
          </label>
          <span id={`${id}-hint`} className="block text-small text-ink-soft">
            {words.returnUnitsHint}
          </span>
        </span>
      </div>
    </ActDialog>
  )
}
