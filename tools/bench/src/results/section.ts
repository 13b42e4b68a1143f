/** A part of the results, for the terminal and the page alike. */
export interface Section {
  readonly title: string
  /** How to read it. */
  readonly note: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
}

export type Cell =
  | string
  | {
      readonly text: string
      /** Holds for this run and machine only: shown grey. */
      readonly isFaint?: boolean
      /** How much of the width a bar takes on the page, 0 to 1. */
      readonly bar?: number
      readonly tone?: Tone
    }

export type Tone = 'good' | 'bad' | 'unsure'

export function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.text
}
