import type { SaleView } from '@flash-sale/contract/sales'
import { useEffect, useReducer } from 'react'
import { serverClock, useServerNow } from '../server/use-server-clock.ts'
import { saleStage, type SaleStage } from './sale-stage.ts'

/** How the sale stands; changes at the very instant of its opening and its end, which need not be at a whole second. */
export function useSaleStage(sale: SaleView): SaleStage {
  const secondMs = useServerNow()
  const [, renderAgain] = useReducer((renders: number) => renders + 1, 0)
  const { opensAt, closesAt } = sale
  useEffect(() => {
    const waitsMs = [opensAt, closesAt].map((at) => Date.parse(at) - serverClock.now())
    const timers = waitsMs.filter((ms) => ms > 0 && ms < 2_000).map((ms) => setTimeout(renderAgain, Math.ceil(ms)))
    return () => timers.forEach(clearTimeout)
  }, [secondMs, opensAt, closesAt])
  return saleStage(sale, serverClock.now())
}
