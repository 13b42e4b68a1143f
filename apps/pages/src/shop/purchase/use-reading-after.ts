import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { spread } from '../sales/spread.ts'
import type { RefusedPurchase } from './purchase.ts'

/** In this time the stream has told most pages of the change that was the reason of the refusal. In ms. */
const waitMs = 3_000

/**
 * Reads the sale once some seconds after a refusal, if the page has heard nothing newer until then: the reason may have passed between
 * two events of the stream. The pages that were refused together read at different times.
 */
export function useReadingAfter(refused: RefusedPurchase | undefined): void {
  const queries = useQueryClient()
  useEffect(() => {
    if (!refused) return undefined
    const timer = setTimeout(() => void queries.invalidateQueries({ queryKey: ['sale'] }), spread(waitMs))
    return () => clearTimeout(timer)
  }, [queries, refused])
}
