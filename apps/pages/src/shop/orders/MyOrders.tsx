import type { ItemView } from '@flash-sale/contract/sales'
import { Button } from '../../design/Button.tsx'
import { Empty } from '../../design/Empty.tsx'
import { Loading } from '../../design/Loading.tsx'
import { Panel } from '../../design/Panel.tsx'
import { useWords } from '../../language/words.ts'
import { OrderCard } from './OrderCard.tsx'
import { isUnpaid } from './order-lists.ts'
import { UnpaidOrder } from './UnpaidOrder.tsx'
import type { ShopSession } from '../session/shop-session.ts'
import type { Orders } from './use-orders.ts'
import { isMoving } from './use-followed-order.ts'
import { shopWords } from '../words.ts'

interface MyOrdersProps {
  readonly session: ShopSession
  readonly orders: Orders
  readonly items: readonly ItemView[]
  readonly className?: string
}

/** The buyer's own orders, the newest first. */
export function MyOrders({ session, orders: list, items, className = '' }: MyOrdersProps) {
  const words = useWords(shopWords).orders
  const { orders, isLoading, problem, hasMore, isReadingMore, readMore } = list
  const newest = orders.find(isMoving)
  const isEmpty = orders.length === 0
  return (
    <Panel title={words.title} className={className}>
      {isEmpty && isLoading && !problem && <Loading />}
      {isEmpty && !isLoading && !problem && (
        <Empty icon="box" title={words.none}>
          {words.noneAdvice}
        </Empty>
      )}
      {problem && problem.code !== 'UNAUTHORIZED' && (
        <p role="status" className="px-4 pb-4 text-small text-caution sm:px-5">
          {words.failed}
        </p>
      )}
      {!isEmpty && (
        <ul className="divide-y divide-line border-t border-line">
          {orders.map((order) => (
            <OrderCard
              key={order.orderId}
              session={session}
              order={order}
              isLive={order === newest}
              item={items.find(({ itemId }) => itemId === order.itemId)}
              actionsOf={(now) => (isUnpaid(now) ? <UnpaidOrder session={session} order={now} /> : undefined)}
            />
          ))}
        </ul>
      )}
      {hasMore && (
        <p className="border-t border-line p-3 text-center">
          <Button kind="quiet" busy={isReadingMore} onClick={readMore}>
            {words.more}
          </Button>
        </p>
      )}
    </Panel>
  )
}
