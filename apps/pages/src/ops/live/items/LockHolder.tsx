import type { LiveLock } from '@flash-sale/contract/live'
import { Icon } from '../../../design/Icon.tsx'
import { useFormat } from '../../../language/LanguageContext.ts'
import { useServerNow } from '../../../server/use-server-clock.ts'
import { useOpsWords } from '../../words.ts'

/** The holder of the item's lock, since when it holds the lock, and when the lease ends unless it is renewed. */
export function LockHolder({ lock }: { readonly lock: LiveLock }) {
  const words = useOpsWords().lock
  const format = useFormat()
  const heldMs = Math.max(0, useServerNow() - Date.parse(lock.since))
  return (
    <p className="text-small text-ink-soft">
      <Icon name="lock" className="mr-1.5 inline align-[-0.15em] text-caution" />
      <span className="font-semibold text-caution">
        {words.title} {lock.holder}
      </span>{' '}
      · {words.since(format.longSpan(heldMs))} · {words.left(format.span(lock.expiresInMs))}
    </p>
  )
}
