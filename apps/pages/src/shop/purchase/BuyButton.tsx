import { Button, buttonClass } from '../../design/Button.tsx'
import { useFormat } from '../../language/LanguageContext.ts'
import { useWords } from '../../language/words.ts'
import { isPressable, type Offer } from './offer.ts'
import { shopWords } from '../words.ts'

interface BuyButtonProps {
  readonly offer: Offer
  /** The price of all units that a press orders. */
  readonly priceCents: number
  readonly currency: string | undefined
  readonly describedBy: string
  readonly onPress: () => void
  /** Where a buyer signs in. The button leads there while nobody is signed in. */
  readonly signInHref: string | undefined
}

/** The buy button. It always keeps its size, its place and the focus, so that a finger or a key can wait on it. */
export function BuyButton({ offer, priceCents, currency, describedBy, onPress, signInHref }: BuyButtonProps) {
  const words = useWords(shopWords)
  const format = useFormat()
  const isBuying = offer === 'BUY' || offer === 'BUY_MORE'
  if (offer === 'SIGN_IN' && signInHref !== undefined) {
    return (
      <a
        href={signInHref}
        aria-describedby={describedBy}
        className={`${buttonClass('primary', 'large')} min-h-16 w-full`}
      >
        {words.button[offer]}
      </a>
    )
  }
  return (
    <Button
      kind={isPressable(offer) || offer === 'SENDING' || offer === 'WAITING' ? 'primary' : 'plain'}
      size="large"
      busy={offer === 'SENDING' || offer === 'WAITING'}
      disabled={!isPressable(offer)}
      aria-describedby={describedBy}
      onClick={onPress}
      className="min-h-16 w-full touch-manipulation"
    >
      <span>{words.button[offer]}</span>
      {isBuying && <span className="font-normal opacity-85">{format.price(priceCents, currency)}</span>}
    </Button>
  )
}
