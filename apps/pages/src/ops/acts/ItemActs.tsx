import type { LiveItem } from '@flash-sale/contract/live'
import { useState } from 'react'
import { Button } from '../../design/Button.tsx'
import { Icon } from '../../design/Icon.tsx'
import { useOpsWords } from '../words.ts'
import { CountDialog } from './CountDialog.tsx'
import { ExportDialog } from './ExportDialog.tsx'
import { RebuildDialog } from './RebuildDialog.tsx'
import { RestockDialog } from './RestockDialog.tsx'

const acts = {
  restock: { icon: 'plus', dialog: RestockDialog },
  count: { icon: 'check', dialog: CountDialog },
  rebuild: { icon: 'sync', dialog: RebuildDialog },
  export: { icon: 'download', dialog: ExportDialog },
} as const

type Act = keyof typeof acts

/** The buttons of the acts on an item. */
export function ItemActs({ item }: { readonly item: LiveItem }) {
  const words = useOpsWords()
  const [asked, setAsked] = useState<Act | null>(null)
  const Asked = asked && acts[asked].dialog
  return (
    <div role="group" aria-label={`${words.item.more}: ${item.name}`} className="-mx-2 flex flex-wrap sm:gap-1">
      {(Object.keys(acts) as Act[])
        .filter((act) => isOffered(act, item))
        .map((act) => (
          <Button key={act} kind="quiet" size="small" onClick={() => setAsked(act)}>
            <Icon name={acts[act].icon} className="max-sm:hidden" />
            {words.acts[act].name}
          </Button>
        ))}
      {Asked && <Asked item={item} onClose={() => setAsked(null)} onRebuild={() => setAsked('rebuild')} />}
    </div>
  )
}

/** Rebuilding is no everyday act: the count of the item leads to it too. */
function isOffered(act: Act, { state, invariant }: LiveItem): boolean {
  if (act === 'rebuild') return invariant === 'broken' || invariant === 'unavailable'
  return act !== 'restock' || state !== 'closed'
}
