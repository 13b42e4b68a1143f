import type { ItemView } from '@flash-sale/contract/sales'
import { useState } from 'react'
import { Field } from '../../design/Field.tsx'
import { useFormat } from '../../language/LanguageContext.ts'
import { wholeNumberIn } from '../new-sale/check-sale.ts'
import { useOpsSession } from '../session/OpsSession.ts'
import { useOpsWords } from '../words.ts'
import { ActDialog, type ItemActDialogProps } from './ActDialog.tsx'

const unitsMax = 10_000_000

/** Adds units to an item. */
export function RestockDialog({ item, onClose }: ItemActDialogProps) {
  const words = useOpsWords().acts.restock
  const { client } = useOpsSession()
  const format = useFormat()
  const [text, setText] = useState('')
  const [error, setError] = useState<string>()
  const [totalBefore] = useState(item.total)
  const units = wholeNumberIn(text, 1, unitsMax)
  const check = () => {
    setError(units === undefined ? words.invalid : undefined)
    return units !== undefined
  }
  return (
    <ActDialog<ItemView>
      title={words.title(item.name)}
      about={words.about}
      name={words.name}
      check={check}
      takesReason
      perform={({ idempotencyKey, reason }) =>
        // The key names the number of units too, since another number is another request.
        client.restockItem(item.itemId, { units: units ?? 0 }, { idempotencyKey: `${idempotencyKey}-${units}`, reason })
      }
      did={({ total }) => words.did(format.count(units ?? 0), format.count(total))}
      onClose={onClose}
    >
      <Field
        label={words.units}
        unit={words.unitsUnit}
        inputMode="numeric"
        autoComplete="off"
        data-focus-first
        value={text}
        error={error}
        hint={units === undefined ? ' ' : words.result(format.count(totalBefore), format.count(totalBefore + units))}
        onChange={(event) => {
          setText(event.target.value)
          setError(undefined)
        }}
      />
    </ActDialog>
  )
}
