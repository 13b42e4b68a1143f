import type { ReactNode } from 'react'

/** Holds what may be wider than the screen. It can be scrolled with the keyboard, so it takes the focus and has a name. */
export function ScrollBox({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
    <div role="group" aria-label={label} tabIndex={0} className="relative overflow-x-auto pb-2">
      {children}
    </div>
  )
}
