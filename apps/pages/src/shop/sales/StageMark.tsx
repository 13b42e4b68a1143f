import { Icon, type IconName } from '../../design/Icon.tsx'
import { useWords } from '../../language/words.ts'
import type { SaleStanding } from './sale-stage.ts'
import { shopWords } from '../words.ts'

const looks: Readonly<Record<SaleStanding, { icon: IconName; look: string }>> = {
  before: { icon: 'clock', look: 'bg-accent-soft text-accent' },
  open: { icon: 'bolt', look: 'bg-good-soft text-good' },
  paused: { icon: 'pause', look: 'bg-caution-soft text-caution' },
  soldOut: { icon: 'box', look: 'bg-sunken text-ink-soft' },
  over: { icon: 'lock', look: 'bg-sunken text-ink-soft' },
}

/** The state of the sale, as a shape, a word and a colour. */
export function StageMark({ standing }: { readonly standing: SaleStanding }) {
  const words = useWords(shopWords)
  const { icon, look } = looks[standing]
  return (
    <span
      className={`inline-flex items-center gap-1.5 rounded-full px-3 py-1 text-small font-medium whitespace-nowrap ${look}`}
    >
      <Icon name={icon} />
      {words.standing[standing]}
    </span>
  )
}
