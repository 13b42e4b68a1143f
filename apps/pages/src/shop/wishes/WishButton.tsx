import { notifyPermission } from '../../browser/notify.ts'
import { Button } from '../../design/Button.tsx'
import { Icon } from '../../design/Icon.tsx'
import { useWords } from '../../language/words.ts'
import { shopWords } from '../words.ts'
import type { Wish, Wishes } from './use-wishes.ts'

interface WishButtonProps {
  readonly wishes: Wishes
  readonly wish: Wish
  readonly label: string
}

/** Takes a wish to be told something, or takes it back. */
export function WishButton({ wishes, wish, label }: WishButtonProps) {
  const words = useWords(shopWords).wishes
  const isOn = wishes.has(wish)
  return (
    <Button aria-pressed={isOn} onClick={() => wishes.toggle(wish)} className="h-11">
      <Icon name={isOn ? 'check' : 'bell'} className={isOn ? 'text-good' : ''} />
      {isOn ? words.on : label}
    </Button>
  )
}

interface WishNoteProps {
  readonly wishes: Wishes
  /** This buyer is told before the others. */
  readonly isFirst?: boolean
}

/** Tells how the page will tell, once there is a wish. */
export function WishNote({ wishes, isFirst = false }: WishNoteProps) {
  const words = useWords(shopWords).wishes
  if (wishes.count === 0) return null
  return (
    <p role="status" className="text-small text-ink-soft">
      {isFirst && words.first}
      {notifyPermission() === 'NOT_SHOWN' ? words.byTitle : words.byNotification}
    </p>
  )
}
