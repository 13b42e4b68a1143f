import { useId, useState, type CSSProperties, type MouseEvent, type ReactNode } from 'react'

export interface TermProps {
  readonly children: ReactNode
  /** One sentence. */
  readonly about: string
}

const widthPx = 288
const gapPx = 6

/** A word that explains itself when it is pressed, by a finger, a pointer or a key. Escape and a press elsewhere end that. */
export function Term({ children, about }: TermProps) {
  const id = useId()
  const [place, setPlace] = useState<CSSProperties>()
  const placeBelow = ({ currentTarget }: MouseEvent<HTMLButtonElement>) => {
    const { left, bottom } = currentTarget.getBoundingClientRect()
    setPlace({ left: Math.max(gapPx, Math.min(left, window.innerWidth - widthPx - gapPx)), top: bottom + gapPx })
  }
  return (
    <>
      <button
        type="button"
        popoverTarget={id}
        aria-describedby={id}
        onClick={placeBelow}
        className="max-w-full cursor-help truncate text-left underline decoration-edge decoration-dotted underline-offset-4 hover:text-ink"
      >
        {children}
      </button>
      <span
        id={id}
        popover="auto"
        style={{ ...place, width: widthPx, maxWidth: `calc(100vw - ${2 * gapPx}px)` }}
        className="inset-auto m-0 rounded-control border border-line bg-surface px-3 py-2 text-body font-normal whitespace-normal text-ink shadow-dialog"
      >
        {about}
      </span>
    </>
  )
}
