import type { LiveLock } from '@flash-sale/contract/live'
import { Icon } from '../../design/Icon.tsx'
import { useFormat } from '../../language/LanguageContext.ts'
import { useServerNow } from '../../server/use-server-clock.ts'
import { useOpsWords } from '../words.ts'

/** Who holds the item's exclusive lock, since when, and when its lease ends unless it is renewed. */
export function LockHolder({ lock }: { readonly lock: LiveLock }) {
  const words = useOpsWords().lock
  const format = useFormat()
  const heldMs = Math.max(0, useServerNow() - Date.parse(lock.since))
  return (
    <p className="flex flex-wrap items-center gap-x-2 rounded-control bg-caution-soft px-3 py-1.5 text-small">
      <Icon name="lock" className="text-caution" />
      <span className="font-semibold">
        {words.title} {lock.holder}
      </span>
      <span className="text-ink-soft">
        {words.since(format.longSpan(heldMs))} · {words.left(format.span(lock.expiresInMs))}
      </span>
    </p>
  )
}
