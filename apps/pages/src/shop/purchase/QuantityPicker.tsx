import { Button } from '../../design/Button.tsx'
import { useFormat } from '../../language/LanguageContext.ts'
import { useWords } from '../../language/words.ts'
import { shopWords } from '../words.ts'
import type { PickingBarrier } from './offer.ts'

interface QuantityPickerProps {
  readonly quantity: number
  readonly quantityMax: number
  /** An order is under way, so that its number of units stands. */
  readonly isFixed: boolean
  /** Why no number can be picked, if that is so. */
  readonly barrier: PickingBarrier | undefined
  readonly onPick: (quantity: number) => void
}

/** How many units one press orders. While none can be picked it is grey and gives the reason. */
export function QuantityPicker({ quantity, quantityMax, isFixed, barrier, onPick }: QuantityPickerProps) {
  const { quantity: words, button } = useWords(shopWords)
  const format = useFormat()
  const reason = barrier && button[barrier]
  const isOff = isFixed || barrier !== undefined
  return (
    <div
      role="group"
      aria-label={reason ? words.notNow(reason) : words.label}
      aria-disabled={isOff || undefined}
      title={reason}
      className="flex shrink-0 items-center gap-1.5"
    >
      <Button
        aria-label={words.fewer}
        disabled={isOff || quantity <= 1}
        onClick={() => onPick(quantity - 1)}
        className="size-11 px-0"
      >
        <span aria-hidden="true">−</span>
      </Button>
      <output className={`w-8 text-center text-lead font-semibold ${barrier ? 'text-ink-soft' : ''}`}>
        {format.count(quantity)}
      </output>
      <Button
        aria-label={words.more}
        disabled={isOff || quantity >= quantityMax}
        onClick={() => onPick(quantity + 1)}
        className="size-11 px-0"
      >
        <span aria-hidden="true">+</span>
      </Button>
    </div>
  )
}
