import type { DiscardedFromQuarantine, Quarantined, ReplayedFromQuarantine } from '@flash-sale/contract/quarantine'
import { ActDialog } from '../acts/ActDialog.tsx'
import { useOpsSession } from '../session/OpsSession.ts'
import { useOpsWords } from '../words.ts'

export interface QuarantineDialogProps {
  readonly of: Quarantined
  readonly onClose: () => void
}

/** Offers what lies in quarantine to its ledger again. */
export function ReplayDialog({ of, onClose }: QuarantineDialogProps) {
  const words = useOpsWords().acts.replay
  const { client } = useOpsSession()
  return (
    <ActDialog<ReplayedFromQuarantine>
      title={words.title(of.name)}
      about={words.about}
      name={words.name}
      perform={(key) => client.replayQuarantined(of.quarantineId, key)}
      did={words.did}
      onClose={onClose}
    />
  )
}

/** Takes something out of the quarantine for good. */
export function DiscardQuarantinedDialog({ of, onClose }: QuarantineDialogProps) {
  const words = useOpsWords().acts.discard
  const { client } = useOpsSession()
  return (
    <ActDialog<DiscardedFromQuarantine>
      title={words.title(of.name)}
      about={words.about}
      name={words.name}
      danger
      perform={(key) => client.discardQuarantined(of.quarantineId, key)}
      did={() => words.did(of.name)}
      onClose={onClose}
    />
  )
}
