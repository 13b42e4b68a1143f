import { useId, useLayoutEffect, useRef, type ReactNode } from 'react'
import { useWords } from '../language/words.ts'
import { Icon } from './Icon.tsx'
import { designWords } from './words.ts'

export interface DialogProps {
  readonly title: string
  readonly children: ReactNode
  /** Called when the reader presses Escape, the cross, or outside of the dialog. */
  readonly onClose: () => void
  /** The dialog does not close, since the reader must see the outcome of the work under way. */
  readonly locked?: boolean
}

/**
 * A modal dialog, open while it is rendered. The browser's own element keeps the focus in the dialog and gives it back. The element with
 * `data-focus-first` gets the focus first.
 */
export function Dialog({ title, children, onClose, locked = false }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  const words = useWords(designWords)
  // A layout effect closes the dialog while the dialog is still in the page, so that the browser can give the focus back.
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    element?.querySelector<HTMLElement>('[data-focus-first]')?.focus()
    return () => element?.close()
  }, [])
  const closeUnlessLocked = () => {
    if (!locked) onClose()
  }
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        closeUnlessLocked()
      }}
      onPointerDown={(event) => {
        if (event.target === dialog.current) closeUnlessLocked()
      }}
      className="m-auto w-[min(34rem,calc(100vw-2rem))] rounded-panel border border-line bg-surface p-0 text-ink shadow-dialog backdrop:bg-[oklch(0.2_0.02_262/0.5)]"
    >
      <div className="flex flex-col gap-4 p-5 sm:p-6">
        <header className="flex items-start justify-between gap-4">
          <h2 id={id} className="text-title font-semibold">
            {title}
          </h2>
          <button
            type="button"
            onClick={closeUnlessLocked}
            aria-label={words.close}
            aria-disabled={locked || undefined}
            className="-m-2 cursor-pointer rounded-control p-3 text-ink-soft hover:bg-sunken hover:text-ink aria-disabled:opacity-40"
          >
            <Icon name="cross" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  )
}
