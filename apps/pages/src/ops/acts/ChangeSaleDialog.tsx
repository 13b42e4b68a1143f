import type { SaleView } from '@flash-sale/contract/sales'
import { useOpsSession } from '../session/OpsSession.ts'
import { useOpsWords } from '../words.ts'
import { ActDialog } from './ActDialog.tsx'

export type SaleChange = 'pause' | 'resume' | 'close'

export interface ChangeSaleDialogProps {
  readonly saleId: number
  readonly name: string
  readonly change: SaleChange
  readonly onClose: () => void
}

/** Pauses, resumes or closes a sale. */
export function ChangeSaleDialog({ saleId, name, change, onClose }: ChangeSaleDialogProps) {
  const { acts: words, states } = useOpsWords()
  const { client } = useOpsSession()
  const { pauseSale, resumeSale, closeSale } = client
  const perform = { pause: pauseSale, resume: resumeSale, close: closeSale }[change]
  return (
    <ActDialog<SaleView>
      title={words[change].title(name)}
      about={words[change].about}
      name={words[change].name}
      danger={change === 'close'}
      takesReason
      perform={(options) => perform(saleId, options)}
      did={({ state }) => words[change].did(name, states[state].toLowerCase())}
      onClose={onClose}
    />
  )
}
