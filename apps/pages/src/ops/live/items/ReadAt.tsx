import { useFormat } from '../../../language/LanguageContext.ts'
import { useServerNow } from '../../../server/use-server-clock.ts'
import { useOpsWords } from '../../words.ts'

/** When grey numbers were read, and how long ago. */
export function ReadAt({ readAt }: { readonly readAt: string }) {
  const words = useOpsWords().item
  const format = useFormat()
  const ageMs = Math.max(0, useServerNow() - Date.parse(readAt))
  return (
    <p className="text-small text-ink-soft">
      {words.readAt(format.time(readAt), format.longSpan(Math.floor(ageMs / 1_000) * 1_000))}
    </p>
  )
}
