import type { SaleView } from '@flash-sale/contract/sales'
import { useCallback, useSyncExternalStore } from 'react'
import { serverClock } from '../../server/use-server-clock.ts'
import { saleStage, type SaleStage } from './sale-stage.ts'

/** The longest wait before the clock is read again, since the clock may be corrected meanwhile. */
const lookEveryMs = 1_000

/** The stage of the sale. It changes exactly at the opening and the end, which need not be at a whole second. */
export function useSaleStage(sale: SaleView): SaleStage {
  const { opensAt, closesAt } = sale
  const subscribe = useCallback(
    (onChange: () => void) => {
      let timer: ReturnType<typeof setTimeout>
      const arm = () => {
        const nowMs = serverClock.now()
        const leftMs = [opensAt, closesAt].map((at) => Date.parse(at) - nowMs).filter((ms) => ms > 0)
        timer = setTimeout(look, Math.ceil(Math.min(lookEveryMs, ...leftMs)))
      }
      const look = () => {
        onChange()
        arm()
      }
      arm()
      return () => clearTimeout(timer)
    },
    [opensAt, closesAt],
  )
  return useSyncExternalStore(subscribe, () => saleStage(sale, serverClock.now()))
}
