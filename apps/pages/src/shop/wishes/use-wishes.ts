import { useCallback, useMemo, useState } from 'react'
import { keepInBrowser } from '../../browser/kept-text.ts'
import { askToNotify } from '../../browser/notify.ts'

/** What a buyer wants to be told: that a sale opens, or that an item has units again. */
export type Wish = `open:${number}` | `more:${number}`

/** The wishes of this tab. They survive a reload. */
export interface Wishes {
  readonly count: number
  readonly has: (wish: Wish) => boolean
  /** Adds or takes back a wish, and asks for the permission to notify. Call it in the handler of a press. */
  readonly toggle: (wish: Wish) => void
  /** Ends a wish that has come true. */
  readonly end: (wish: Wish) => void
}

const name = 'flash-sale.wishes'
const kept = keepInBrowser(() => sessionStorage)

export function useWishes(): Wishes {
  const [wishes, setWishes] = useState<ReadonlySet<string>>(() => new Set(kept.get(name)?.split(' ').filter(Boolean)))
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
      has: (wish) => wishes.has(wish),
      toggle: (wish) => {
        if (!wishes.has(wish)) {
          // The answer changes what the page says about notifications.
          void askToNotify().then(() => change(() => undefined))
        }
        change((changed) => changed.delete(wish) || changed.add(wish))
      },
      end: (wish) => change((changed) => changed.delete(wish)),
    }),
    [wishes, change],
  )
}
