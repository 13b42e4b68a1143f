import type { SaleState } from '@flash-sale/contract/sales'
import { memo, useState } from 'react'
import { Button } from '../../design/Button.tsx'
import { Icon } from '../../design/Icon.tsx'
import { useOpsWords } from '../words.ts'
import { ChangeSaleDialog, type SaleChange } from './ChangeSaleDialog.tsx'

export interface SaleActsProps {
  readonly saleId: number
  readonly name: string
  readonly state: SaleState
}

const icons = { pause: 'pause', resume: 'play', close: 'lock' } as const

/** The buttons of the acts that the sale's state allows. */
export const SaleActs = memo(function SaleActs({ saleId, name, state }: SaleActsProps) {
  const words = useOpsWords().acts
  const [asked, setAsked] = useState<SaleChange | null>(null)
  const changes: readonly SaleChange[] = state === 'closed' ? [] : [state === 'paused' ? 'resume' : 'pause', 'close']
  return (
    <div role="group" aria-label={name} className="flex gap-2">
      {/* Pause and resume are one button, so that the button keeps the focus when its act changes. */}
      {changes.map((change) => (
        <Button key={change === 'close' ? 'close' : 'go'} size="small" onClick={() => setAsked(change)}>
          <Icon name={icons[change]} />
          {words[change].name}
        </Button>
      ))}
      {asked && <ChangeSaleDialog saleId={saleId} name={name} change={asked} onClose={() => setAsked(null)} />}
    </div>
  )
})
