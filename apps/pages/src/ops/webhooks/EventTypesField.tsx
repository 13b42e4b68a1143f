import { orderEventTypes, statusOfEventType, type OrderEventType } from '@flash-sale/contract/order-events'
import { useId } from 'react'
import { FieldNotes } from '../../design/Field.tsx'
import { useWords } from '../../language/words.ts'
import { useOpsWords } from '../words.ts'
import { webhooksWords } from './webhooks-words.ts'

export interface EventTypesFieldProps {
  readonly chosen: readonly OrderEventType[]
  /** Why the choice is wrong. */
  readonly error: string | undefined
  readonly onChoose: (chosen: readonly OrderEventType[]) => void
}

/** The events that an endpoint is told of, one box for each type. */
export function EventTypesField({ chosen, error, onChoose }: EventTypesFieldProps) {
  const words = useWords(webhooksWords).create
  const { statuses } = useOpsWords().orders
  const id = useId()
  const toggle = (type: OrderEventType, isChosen: boolean) =>
    onChoose(orderEventTypes.filter((each) => (each === type ? isChosen : chosen.includes(each))))
  return (
    <fieldset aria-describedby={`${id}-hint`} className="flex min-w-0 flex-col gap-1">
      <legend className="mb-1 text-small font-medium">{words.types}</legend>
      <div className="flex flex-wrap gap-x-5 gap-y-1">
        {orderEventTypes.map((type) => (
          <label key={type} className="inline-flex min-h-8 items-center gap-2">
            <input
              type="checkbox"
              checked={chosen.includes(type)}
              aria-invalid={error ? true : undefined}
              aria-describedby={error ? `${id}-error` : undefined}
              onChange={({ target }) => toggle(type, target.checked)}
              className="size-4 shrink-0 accent-accent"
            />
            {statuses[statusOfEventType(type)]}
          </label>
        ))}
      </div>
      <FieldNotes id={id} hint={words.typesHint} error={error} />
    </fieldset>
  )
}
