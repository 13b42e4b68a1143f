import { useMutation } from '@tanstack/react-query'
import { Button } from '../../design/Button.tsx'
import { problemNames } from '../../language/problem-names.ts'
import { useWords } from '../../language/words.ts'
import { problemOfError, valueOf } from '../../server/problem.ts'
import type { ShopSession } from '../session/shop-session.ts'
import { shopWords } from '../words.ts'

interface PayButtonProps {
  readonly session: ShopSession
  readonly orderId: string
}

/** Leads the buyer to the page of the payment provider. Says why, if it cannot. */
export function PayButton({ session: { client }, orderId }: PayButtonProps) {
  const words = useWords(shopWords).unpaid
  const nameOf = useWords(problemNames)
  const pay = useMutation({
    mutationFn: () => valueOf(client.beginPayment(orderId)),
    onSuccess: ({ url }) => window.location.assign(url),
  })
  return (
    <>
      <Button size="small" kind="primary" busy={pay.isPending || pay.isSuccess} onClick={() => pay.mutate()}>
        {words.pay}
      </Button>
      {pay.error && (
        <p role="status" className="w-full text-small text-caution">
          {nameOf[problemOfError(pay.error).code]}
        </p>
      )}
    </>
  )
}
