import { useState } from 'react'
import { keepInBrowser } from '../../browser/kept-text.ts'

const kept = keepInBrowser(() => sessionStorage)

/** How many units the buyer picked of an item. The tab keeps it, also while the buyer is away to sign in. */
export function usePicked(itemId: number): readonly [picked: number, pick: (quantity: number) => void] {
  const name = `flash-sale.picked:${itemId}`
  const [picked, show] = useState(() => quantityOf(kept.get(name)))
  const pick = (quantity: number) => {
    kept.set(name, String(quantity))
    show(quantity)
  }
  return [picked, pick]
}

function quantityOf(text: string | undefined): number {
  return /^[1-9]\d{0,3}$/.test(text ?? '') ? Number(text) : 1
}
