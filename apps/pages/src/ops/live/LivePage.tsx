import { useOpsWords } from '../words.ts'
import { crowdOf } from './model/crowd.ts'
import { useFreshness } from './model/freshness.ts'
import { useItemCount } from './model/live-cache.ts'
import { Processes } from './Processes.tsx'
import { RateCharts } from './charts/RateCharts.tsx'
import { ComingSale } from './items/ComingSale.tsx'
import { Sales } from './items/Sales.tsx'
import { Vitals } from './Vitals.tsx'

/** Shows what happens now: the vital numbers, the sales, the rates and the processes. */
export function LivePage() {
  const words = useOpsWords()
  const { kind } = useFreshness()
  const isShort = crowdOf(useItemCount()) === 'few'
  // Numbers that are not live lose their colour, but keep their contrast.
  const isOld = kind === 'lost' || kind === 'stale'
  return (
    <>
      <h1 className="sr-only">{words.pages.live}</h1>
      <div className={`grid gap-3 sm:gap-4 xl:grid-cols-[minmax(0,6fr)_minmax(0,5fr)] ${isOld ? 'grayscale' : ''}`}>
        <div className="flex flex-col gap-3 sm:gap-4 xl:col-span-2">
          <ComingSale />
          <Vitals />
        </div>
        <div className="flex min-w-0 flex-col gap-3 sm:gap-4">
          <Sales />
          {isShort && <Processes />}
        </div>
        <div className="flex min-w-0 flex-col gap-3 sm:gap-4">
          <RateCharts />
          {!isShort && <Processes />}
        </div>
      </div>
    </>
  )
}
