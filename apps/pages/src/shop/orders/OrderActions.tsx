import type { OrderView } from '@flash-sale/contract/orders'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button } from '../../design/Button.tsx'
import { useFormat } from '../../language/LanguageContext.ts'
import { problemNames } from '../../language/problem-names.ts'
import { useWords } from '../../language/words.ts'
import { problemOfError, valueOf } from '../../server/problem.ts'
import type { ShopSession } from '../session/shop-session.ts'
import { shopWords } from '../words.ts'

interface OrderActionsProps {
  readonly session: ShopSession
  readonly order: OrderView
}

/** Pays or cancels an order that waits for its payment. Shows nothing for any other order. */
export function OrderActions({ session: { client }, order: { orderId, status, payBy } }: OrderActionsProps) {
  const words = useWords(shopWords).pay
  const nameOf = useWords(problemNames)
  const format = useFormat()
  const queries = useQueryClient()
  const pay = useMutation({
    mutationFn: () => valueOf(client.beginPayment(orderId)),
    onSuccess: ({ url }) => window.location.assign(url),
  })
  const cancel = useMutation({
    mutationFn: () => valueOf(client.cancelOrder(orderId)),
    onSuccess: (ended) => queries.setQueryData<OrderView>(['order', orderId], ended),
  })
  if (status !== 'confirmed' || payBy === undefined) return null
  const error = pay.error ?? cancel.error
  return (
    <>
      <p className="w-full text-small text-ink-soft">
        {words.payBy} <time dateTime={payBy}>{format.dateTime(payBy)}</time>
      </p>
      <Button kind="primary" size="small" busy={pay.isPending || pay.isSuccess} onClick={() => pay.mutate()}>
        {words.pay}
      </Button>
      <Button kind="quiet" size="small" busy={cancel.isPending} onClick={() => cancel.mutate()}>
        {words.cancel}
      </Button>
      {error && (
        <p role="status" className="w-full text-small text-bad">
          {nameOf[problemOfError(error).code]}
        </p>
      )}
    </>
  )
}
