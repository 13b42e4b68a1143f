import type { ItemView } from '@flash-sale/contract/sales'
import { useFormat } from '../../language/LanguageContext.ts'
import { useOpsSession } from '../session/OpsSession.ts'
import { useOpsWords } from '../words.ts'
import { ActDialog, type ItemActDialogProps } from './ActDialog.tsx'

/** Makes the item's ledger anew from Postgres. */
export function RebuildDialog({ item, onClose }: ItemActDialogProps) {
  const words = useOpsWords().acts.rebuild
  const { client } = useOpsSession()
  const format = useFormat()
  return (
    <ActDialog<ItemView>
      title={words.title(item.name)}
      about={words.about}
      name={words.name}
      danger
      takesReason
      perform={(options) => client.rebuildItem(item.itemId, options)}
      did={({ available, total }) => words.did(format.count(available), format.count(total))}
      onClose={onClose}
    />
  )
}
