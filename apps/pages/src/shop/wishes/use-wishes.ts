import { firstItemsMax } from '@flash-sale/contract/sales-events'
import { useCallback, useMemo, useState } from 'react'
import { keepInBrowser } from '../../browser/kept-text.ts'
import { askToNotify } from '../../browser/notify.ts'

/** What a buyer wants to be told: that a sale opens, or that an item has units again. */
export type Wish = `open:${number}` | `more:${number}`

/** The wishes of this tab. They survive a reload. */
export interface Wishes {
  readonly count: number
  /** Items by id of which this page hears first. A wish that came true still counts, since the head start is not over then. */
  readonly firstItems: readonly number[]
  readonly has: (wish: Wish) => boolean
  /** Adds or takes back a wish, and asks for the permission to notify. Call it in the handler of a press. */
  readonly toggle: (wish: Wish) => void
  /** Ends a wish that has come true. */
  readonly end: (wish: Wish) => void
}

const name = 'flash-sale.wishes'
const kept = keepInBrowser(() => sessionStorage)
const more = 'more:'

export function useWishes(): Wishes {
  const [wishes, setWishes] = useState<ReadonlySet<string>>(() => new Set(kept.get(name)?.split(' ').filter(Boolean)))
  const [firstItems, setFirstItems] = useState(() => itemsOf(wishes))
  const change = useCallback((act: (changed: Set<string>) => unknown) => {
    setWishes((before) => {
      const changed = new Set(before)
      act(changed)
      kept.set(name, [...changed].join(' '))
      return changed
    })
  }, [])
  return useMemo(
    () => ({
      count: wishes.size,
      firstItems,
      has: (wish) => wishes.has(wish),
      toggle: (wish) => {
        if (!wishes.has(wish)) {
          // The answer changes what the page says about notifications.
          void askToNotify().then(() => change(() => undefined))
        }
        change((changed) => changed.delete(wish) || changed.add(wish))
        setFirstItems((before) => withWish(before, wish, !wishes.has(wish)))
      },
      end: (wish) => change((changed) => changed.delete(wish)),
    }),
    [wishes, firstItems, change],
  )
}

function itemsOf(wishes: Iterable<string>): readonly number[] {
  const items = [...wishes].filter((wish) => wish.startsWith(more)).map((wish) => Number(wish.slice(more.length)))
  return items.slice(-firstItemsMax)
}

/** The same object if nothing changes, so that the stream stays open. */
function withWish(items: readonly number[], wish: Wish, isOn: boolean): readonly number[] {
  const [itemId] = itemsOf([wish])
  if (itemId === undefined || items.includes(itemId) === isOn) return items
  const others = items.filter((item) => item !== itemId)
  return isOn ? [...others, itemId].slice(-firstItemsMax) : others
}
