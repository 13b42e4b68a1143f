import type { Invariant } from '@flash-sale/contract/live'
import { useOpsWords } from '../../words.ts'
import { InvariantShape } from './InvariantShape.tsx'

const colours: Record<Invariant, string> = {
  balanced: 'text-good',
  settling: 'text-accent',
  broken: 'text-bad',
  unavailable: 'text-caution',
  unreadable: 'text-ink-soft',
}

/** The light as a small shape beside a number; its word is for screen readers and the mouse. */
export function InvariantMark({ invariant }: { readonly invariant: Invariant }) {
  const words = useOpsWords().invariant
  return (
    <span title={words[invariant]} className={`inline-block ${colours[invariant]}`}>
      <InvariantShape invariant={invariant} className="size-5" />
      <span className="sr-only">{words[invariant]}</span>
    </span>
  )
}
