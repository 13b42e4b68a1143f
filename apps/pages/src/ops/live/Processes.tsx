import type { LiveProcess } from '@flash-sale/contract/live'
import { memo } from 'react'
import { Icon } from '../../design/Icon.tsx'
import { Panel } from '../../design/Panel.tsx'
import { ScrollBox } from '../../design/ScrollBox.tsx'
import { headClass, cellClass } from '../../design/table.ts'
import { useFormat } from '../../language/LanguageContext.ts'
import { useServerNow } from '../../server/use-server-clock.ts'
import { useOpsWords } from '../words.ts'
import { useFrameTime, useLiveProcesses } from './model/live-cache.ts'

/** A process reports each second. After this long without a report it may be gone. */
const silentAfterMs = 3_500

/** The live processes and each one's share of the throughput. */
export const Processes = memo(function Processes() {
  const words = useOpsWords().processes
  const processes = useLiveProcesses() ?? []
  const frameAt = useFrameTime()?.at
  return (
    <Panel title={words.title}>
      {processes.length === 0 ? (
        <p className="px-4 pb-5 text-ink-soft sm:px-5">{words.none}</p>
      ) : (
        <ScrollBox label={words.title}>
          <table className="w-full">
            <thead>
              <tr>
                <th className={headClass}>{words.process}</th>
                <th className={`${headClass} text-right`}>{words.perSecond}</th>
                <th className={headClass}>{words.share}</th>
                <th className={`${headClass} text-right`}>{words.up}</th>
              </tr>
            </thead>
            <tbody>
              {processes.map((process) => (
                <ProcessRow key={process.id} process={process} silentMs={silentMsOf(process, frameAt)} />
              ))}
            </tbody>
          </table>
        </ScrollBox>
      )}
    </Panel>
  )
})

/** In whole seconds, and 0 while the process reports in time, so that its row is not rendered again for nothing. */
function silentMsOf(process: LiveProcess, frameAt: string | undefined): number {
  const silentMs = frameAt === undefined ? 0 : Date.parse(frameAt) - Date.parse(process.lastSeenAt)
  return silentMs > silentAfterMs ? Math.floor(silentMs / 1_000) * 1_000 : 0
}

interface ProcessRowProps {
  readonly process: LiveProcess
  /** Age at the newest frame. Without newer frames no process counts as silent. In ms. */
  readonly silentMs: number
}

const ProcessRow = memo(function ProcessRow({ process, silentMs }: ProcessRowProps) {
  const words = useOpsWords().processes
  const format = useFormat()
  const now = useServerNow()
  const percent = format.percent(process.share)
  return (
    <tr className="border-t border-line">
      <th scope="row" className={`${cellClass} text-left font-normal`}>
        <span className="font-semibold">{words.kinds[process.kind]}</span>{' '}
        <span className="text-small text-ink-soft">{process.id}</span>
        {silentMs > 0 && (
          <span className="flex items-center gap-1.5 text-small font-medium text-caution">
            <Icon name="warning" /> {words.silent(format.longSpan(silentMs))}
          </span>
        )}
      </th>
      <td className={`${cellClass} text-right`}>{format.rate(process.perSecond)}</td>
      <td className={`${cellClass} whitespace-nowrap`}>
        <span aria-hidden="true" className="mr-2 inline-block h-2 w-16 overflow-hidden rounded-full bg-sunken lg:w-24">
          <span className="block h-full bg-series-1" style={{ width: percent }} />
        </span>
        {percent}
      </td>
      <td className={`${cellClass} text-right whitespace-nowrap`}>
        {format.longSpan(Math.max(0, now - Date.parse(process.startedAt)))}
      </td>
    </tr>
  )
})
