import { Button } from '../../design/Button.tsx'
import { useFormat } from '../../language/LanguageContext.ts'
import { useWords } from '../../language/words.ts'
import { shopWords } from '../words.ts'

interface QuantityPickerProps {
  readonly quantity: number
  readonly quantityMax: number
  readonly disabled: boolean
  readonly onPick: (quantity: number) => void
}

/** How many units one press orders. */
export function QuantityPicker({ quantity, quantityMax, disabled, onPick }: QuantityPickerProps) {
  const words = useWords(shopWords).quantity
  const format = useFormat()
  return (
    <div role="group" aria-label={words.label} className="flex shrink-0 items-center gap-1.5">
      <Button
        aria-label={words.fewer}
        disabled={disabled || quantity <= 1}
        onClick={() => onPick(quantity - 1)}
        className="size-11 px-0"
      >
        <span aria-hidden="true">−</span>
      </Button>
      <output className="w-8 text-center text-lead font-semibold">{format.count(quantity)}</output>
      <Button
        aria-label={words.more}
        disabled={disabled || quantity >= quantityMax}
        onClick={() => onPick(quantity + 1)}
        className="size-11 px-0"
      >
        <span aria-hidden="true">+</span>
      </Button>
    </div>
  )
}
