import { useState } from 'react'
import { useFormat } from '../../language/LanguageContext.ts'
import { useOpsSession } from '../session/OpsSession.ts'
import { useOpsWords } from '../words.ts'
import { ActDialog, type ItemActDialogProps } from './ActDialog.tsx'
import { exportOrders, type ExportedFile } from './export-orders.ts'

/** Saves the item's orders as a CSV file. */
export function ExportDialog({ item, onClose }: ItemActDialogProps) {
  const words = useOpsWords()
  const { opsKey, operator } = useOpsSession()
  const format = useFormat()
  const [bytes, setBytes] = useState<number>()
  const size = (count: number) => words.bytes(format.count(Math.ceil(count / 1_000)))
  return (
    <ActDialog<ExportedFile>
      title={words.acts.export.title(item.name)}
      about={words.acts.export.about}
      name={words.acts.export.name}
      perform={() => exportOrders({ itemId: item.itemId, opsKey, operator, onProgress: setBytes })}
      did={(file) => words.acts.export.did(file.name, size(file.bytes))}
      onClose={onClose}
    >
      <p className="min-h-6 text-small text-ink-soft">{bytes !== undefined && size(bytes)}</p>
    </ActDialog>
  )
}
