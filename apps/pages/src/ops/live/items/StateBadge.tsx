import type { SaleState } from '@flash-sale/contract/sales'
import { Icon, type IconName } from '../../../design/Icon.tsx'
import { useOpsWords } from '../../words.ts'

const looks: Record<SaleState, { look: string; icon: IconName }> = {
  scheduled: { look: 'border-edge text-ink', icon: 'clock' },
  open: { look: 'border-transparent bg-good text-surface', icon: 'play' },
  paused: { look: 'border-transparent bg-caution text-surface', icon: 'pause' },
  closed: { look: 'border-transparent bg-sunken text-ink-soft', icon: 'lock' },
}

/** The state of the sale, with a sign of its own for each state. */
export function StateBadge({ state }: { readonly state: SaleState }) {
  const words = useOpsWords().states
  const { look, icon } = looks[state]
  return (
    <span
      className={`inline-flex items-center gap-1.5 rounded-full border px-2.5 py-0.5 text-small font-semibold whitespace-nowrap ${look}`}
    >
      <Icon name={icon} />
      {words[state]}
    </span>
  )
}
