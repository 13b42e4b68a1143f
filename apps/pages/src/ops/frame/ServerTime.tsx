import { useFormat } from '../../language/LanguageContext.ts'
import { useServerNow } from '../../server/use-server-clock.ts'
import { useOpsWords } from '../words.ts'

/** The service's clock, which opens and closes the sales, in the reader's zone. */
export function ServerTime() {
  const words = useOpsWords()
  const format = useFormat()
  const now = new Date(useServerNow())
  return (
    <p className="hidden text-small whitespace-nowrap text-ink-soft md:block" title={words.serverTime}>
      <span className="sr-only">{words.serverTime} </span>
      <time className="font-medium text-ink" dateTime={now.toISOString()}>
        {format.time(now)}
      </time>{' '}
      {format.zone(now)}
    </p>
  )
}
