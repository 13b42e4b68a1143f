import type { Call, Hold, History } from '../checker/history.ts'
import type { Report } from '../seller/messages.ts'
import type { Happening, Mark } from './happening.ts'
import type { Name } from './stage.ts'
import { withoutRepeats } from './without-repeats.ts'
import type { Text } from '@flash-sale/kit/text'

/** Records the reports of a trial's processes. Strategies cannot change the record. */
export interface Recorder {
  /** Records that a buyer asks. Returns the buyer's name. */
  readonly call: (process: Name, saleId: number) => string
  readonly report: (process: Name, report: Report) => void
  readonly mark: (process: Name, mark: Mark) => void
  readonly note: (text: Text) => void
  /** Records that a strategy threw an error, which is a fault of the lab. */
  readonly fail: (error: Error) => void
  readonly failure: () => Error | undefined
  readonly happenings: () => readonly Happening[]
  readonly history: () => Pick<History, 'calls' | 'holds'>
}

type MutableCall = { -readonly [Key in keyof Call]: Call[Key] }
type MutableHold = { -readonly [Key in keyof Hold]: Hold[Key] } & { readonly saleId: number }

export function createRecorder(): Recorder {
  const beganAtNs = process.hrtime.bigint()
  const msAt = (atNs: bigint | string) => Number(BigInt(atNs) - beganAtNs) / 1e6
  const nowMs = () => msAt(process.hrtime.bigint())
  const happenings: Happening[] = []
  const calls = new Map<number, MutableCall>()
  const holds: MutableHold[] = []
  let failure: Error | undefined

  const buyerOf = (saleId: number) => calls.get(saleId)?.buyer ?? ''
  const heldBy = (saleId: number) => holds.findLast((hold) => hold.saleId === saleId)

  function notePoint(name: Name, { saleId, point, atNs }: Extract<Report, { kind: 'point' }>): void {
    const atMs = msAt(atNs)
    if (point === 'after it got the lock') {
      holds.push({ process: name, saleId, fromMs: atMs, untilMs: Infinity, releasedMs: undefined })
    }
    const hold = heldBy(saleId)
    if (hold && point === 'before it releases the lock') hold.untilMs = Math.min(hold.untilMs, atMs)
    if (hold && point === 'after it released the lock') hold.releasedMs = atMs
  }

  return {
    call(name, saleId) {
      const buyer = `buyer-${calls.size + 1}`
      calls.set(saleId, { buyer, process: name, askedAtMs: nowMs(), answer: undefined, died: false })
      return buyer
    },
    report(name, report) {
      switch (report.kind) {
        case 'asked':
          happenings.push({ kind: 'asked', process: name, buyer: buyerOf(report.saleId), atMs: msAt(report.atNs) })
          return
        case 'point': {
          const { point, waits, atNs } = report
          notePoint(name, report)
          happenings.push({ kind: 'point', process: name, point, waits, atMs: msAt(atNs) })
          return
        }
        case 'command': {
          const { store, text, tookMs, atNs } = report
          happenings.push({ kind: 'command', process: name, store, text, tookMs, times: 1, atMs: msAt(atNs) })
          return
        }
        case 'answer': {
          const call = calls.get(report.saleId)
          const atMs = msAt(report.atNs)
          const hold = heldBy(report.saleId)
          if (hold) hold.untilMs = Math.min(hold.untilMs, atMs)
          if (call) call.answer = { outcome: report.outcome, atMs }
          happenings.push({
            kind: 'answer',
            process: name,
            buyer: buyerOf(report.saleId),
            outcome: report.outcome,
            atMs,
          })
          return
        }
        default:
      }
    },
    mark(name, mark) {
      happenings.push({ kind: 'mark', process: name, mark, atMs: nowMs() })
      if (mark !== 'killed') return
      for (const call of calls.values()) if (call.process === name && !call.answer) call.died = true
      for (const hold of holds) if (hold.process === name) hold.untilMs = Math.min(hold.untilMs, nowMs())
    },
    note: (text) => void happenings.push({ kind: 'note', text, atMs: nowMs() }),
    fail: (error) => (failure ??= error),
    failure: () => failure,
    happenings: () => withoutRepeats(happenings.toSorted((a, b) => a.atMs - b.atMs)),
    history: () => ({ calls: [...calls.values()], holds }),
  }
}
