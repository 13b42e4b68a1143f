import type { ReactNode } from 'react'
import { Button } from '../design/Button.tsx'

export interface MoreButtonProps {
  readonly busy: boolean
  readonly onMore: () => void
  readonly children: ReactNode
}

/** Loads the next page of a list, at the foot of the list. */
export function MoreButton({ busy, onMore, children }: MoreButtonProps) {
  return (
    <div className="flex justify-center border-t border-line p-3">
      <Button busy={busy} onClick={onMore}>
        {children}
      </Button>
    </div>
  )
}
