import type { OrderStatus } from '@flash-sale/contract/order-statuses'
import { Icon, type IconName } from '../../design/Icon.tsx'
import { useOpsWords } from '../words.ts'

const looks: Record<OrderStatus, { look: string; icon: IconName }> = {
  accepted: { look: 'text-caution', icon: 'clock' },
  confirmed: { look: 'text-accent', icon: 'check' },
  paid: { look: 'text-good', icon: 'check' },
  cancelled: { look: 'text-ink-soft', icon: 'cross' },
  expired: { look: 'text-ink-soft', icon: 'clock' },
  rejected: { look: 'text-bad', icon: 'cross' },
}

/** The status of an order. */
export function OrderState({ status }: { readonly status: OrderStatus }) {
  const words = useOpsWords().orders.statuses
  const { look, icon } = looks[status]
  return (
    <span className={`inline-flex items-baseline gap-1.5 font-medium whitespace-nowrap ${look}`}>
      <Icon name={icon} className="self-center" />
      {words[status]}
    </span>
  )
}
