/** One guard taken out, and the test that fails without it. */
export interface Conviction {
  readonly guard: string
  readonly file: string
  /** Undefined: no test noticed. */
  readonly convictedBy: string | undefined
}
