import type { ReactNode } from 'react'

/** Scrolls content that may be wider than the screen. It takes the focus and has a name, so that a keyboard can scroll it too. */
export function ScrollBox({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a keyboard must reach a box that scrolls
    <div role="group" aria-label={label} tabIndex={0} className="relative overflow-x-auto pb-2">
      {children}
    </div>
  )
}
