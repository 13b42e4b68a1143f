import type { ReactNode } from 'react'
import { Button } from '../design/Button.tsx'

export interface MoreButtonProps {
  readonly busy: boolean
  readonly onMore: () => void
  readonly children: ReactNode
}

/** At the foot of a list that goes on. */
export function MoreButton({ busy, onMore, children }: MoreButtonProps) {
  return (
    <div className="flex justify-center border-t border-line p-3">
      <Button busy={busy} onClick={onMore}>
        {children}
      </Button>
    </div>
  )
}
