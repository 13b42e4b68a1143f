/** A sentence in both languages of the page. */
export interface Text {
  readonly en: string
  readonly zh: string
}
