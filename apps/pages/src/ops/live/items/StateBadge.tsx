import { Icon, type IconName } from '../../../design/Icon.tsx'
import { useOpsWords } from '../../words.ts'
import type { SaleStanding } from '../model/sale-standing.ts'

const looks: Record<SaleStanding, { look: string; icon: IconName }> = {
  scheduled: { look: 'border-edge text-ink', icon: 'clock' },
  open: { look: 'border-transparent bg-good text-surface', icon: 'play' },
  soldOut: { look: 'border-transparent bg-sunken text-ink', icon: 'box' },
  paused: { look: 'border-transparent bg-caution text-surface', icon: 'pause' },
  closed: { look: 'border-transparent bg-sunken text-ink-soft', icon: 'lock' },
}

/** The state of the sale, with a sign of its own for each state. */
export function StateBadge({ standing }: { readonly standing: SaleStanding }) {
  const words = useOpsWords().states
  const { look, icon } = looks[standing]
  return (
    <span
      className={`inline-flex items-center gap-1.5 rounded-full border px-2.5 py-0.5 text-small font-semibold whitespace-nowrap ${look}`}
    >
      <Icon name={icon} />
      {words[standing]}
    </span>
  )
}
