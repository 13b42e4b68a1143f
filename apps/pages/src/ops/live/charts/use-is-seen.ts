import { useEffect, useState, type RefObject } from 'react'

/** Half a screen ahead, so that an element is up to date when the reader scrolls to it. */
const margin = '50% 0px'

/** Whether the element is on the screen, or nearly. It counts as seen unless `watched`. */
export function useIsSeen(element: RefObject<Element | null>, watched: boolean): boolean {
  const [isOnScreen, setIsOnScreen] = useState(true)
  useEffect(() => {
    if (!watched || !element.current) return undefined
    const observer = new IntersectionObserver((entries) => setIsOnScreen(entries.at(-1)?.isIntersecting ?? true), {
      rootMargin: margin,
    })
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element, watched])
  return isOnScreen || !watched
}
