import type { LiveProcess, LiveStore } from '@flash-sale/contract/live'
import { memo } from 'react'
import { Button } from '../../design/Button.tsx'
import { Icon } from '../../design/Icon.tsx'
import { Panel } from '../../design/Panel.tsx'
import { ScrollBox } from '../../design/ScrollBox.tsx'
import { headClass, cellClass } from '../../design/table.ts'
import { useFormat } from '../../language/LanguageContext.ts'
import { useServerNow } from '../../server/use-server-clock.ts'
import { useOpsWords } from '../words.ts'
import { dismiss } from './model/dismissed.ts'
import { processKey } from './model/keep-dead.ts'
import { useHealth, useLiveProcesses } from './model/live-cache.ts'

const none: readonly LiveStore[] = []

/** The stores and the processes: whether each works, and since when. A process that died stays until it is dismissed. */
export const Processes = memo(function Processes() {
  const words = useOpsWords().processes
  const processes = useLiveProcesses()
  const stores = useHealth()?.stores ?? none
  // Processes report to Redis: without Redis nothing is known of them.
  const isHeard = stores.every(({ name, state }) => name !== 'redis' || state === 'well')
  return (
    <Panel title={words.title}>
      {stores.length === 0 ? (
        <p className="px-4 pb-5 text-ink-soft sm:px-5">{words.none}</p>
      ) : (
        <ScrollBox label={words.title}>
          <table className="w-full">
            <thead>
              <tr>
                <th className={headClass}>{words.process}</th>
                <th className={headClass}>{words.state}</th>
                <th className={`${headClass} text-right`}>{words.perSecond}</th>
              </tr>
            </thead>
            <tbody>
              {stores.map((store) => (
                <StoreRow key={store.name} store={store} />
              ))}
              {processes.map((process) => (
                <ProcessRow key={processKey(process)} process={process} isHeard={isHeard} />
              ))}
            </tbody>
          </table>
        </ScrollBox>
      )}
    </Panel>
  )
})

const StoreRow = memo(function StoreRow({ store }: { readonly store: LiveStore }) {
  const words = useOpsWords().processes
  const { name, state, since, fault } = store
  const span = useSpanSince(since)
  return (
    <tr className={`border-t border-line ${state === 'well' ? '' : 'bg-bad-soft'}`}>
      <th scope="row" className={`${cellClass} text-left font-semibold`}>
        {words.stores[name]}
      </th>
      <td className={cellClass} colSpan={2}>
        <State isGood={state === 'well'}>
          {words.storeStates[state]} · {words.since(span)}
        </State>
        {state === 'impaired' && <span className="text-small text-ink-soft">{fault}</span>}
      </td>
    </tr>
  )
})

interface ProcessRowProps {
  readonly process: LiveProcess
  readonly isHeard: boolean
}

const ProcessRow = memo(function ProcessRow({ process, isHeard }: ProcessRowProps) {
  const words = useOpsWords().processes
  const format = useFormat()
  const { kind, id, startedAt, silentMs } = process
  const up = useSpanSince(startedAt)
  const isSilent = isHeard && silentMs > 0
  return (
    <tr className={`border-t border-line ${isSilent ? 'bg-bad-soft' : ''}`}>
      <th scope="row" className={`${cellClass} text-left font-normal`}>
        <span className="font-semibold">{words.kinds[kind]}</span>{' '}
        <span className="text-small text-ink-soft">{id}</span>
      </th>
      <td className={cellClass}>
        {!isHeard && <span className="text-ink-soft">{words.unknown}</span>}
        {isHeard && !isSilent && <State isGood>{words.upFor(up)}</State>}
        {isSilent && (
          <span className="flex flex-wrap items-center gap-x-2">
            <State isGood={false}>{words.silent(format.longSpan(Math.floor(silentMs / 1_000) * 1_000))}</State>
            <Button kind="quiet" size="small" onClick={() => dismiss(processKey(process))}>
              {words.dismiss}
            </Button>
          </span>
        )}
      </td>
      <td className={`${cellClass} text-right`}>{isHeard && !isSilent ? format.rate(process.perSecond) : '–'}</td>
    </tr>
  )
})

function State({ isGood, children }: { readonly isGood: boolean; readonly children: React.ReactNode }) {
  return (
    <span className={`flex items-baseline gap-1.5 font-medium ${isGood ? 'text-good' : 'text-bad'}`}>
      <Icon name={isGood ? 'check' : 'cross'} className="self-center" /> <span>{children}</span>
    </span>
  )
}

function useSpanSince(moment: string): string {
  return useFormat().longSpan(Math.max(0, useServerNow() - Date.parse(moment)))
}
