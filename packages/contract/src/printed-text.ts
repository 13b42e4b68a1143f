/**
 * A regular expression for text that people read: something in it can be seen, and nothing in it is a control character (which
 * Postgres, logs or a terminal would choke on), changes the direction of what is around it, or is there without being seen.
 * What joins letters and emoji or chooses their form may stand between them.
 */
export const printedPattern = [
  String.raw`^(?=.*[^\s\p{Z}\p{DI}\u2800])`,
  String.raw`(?:[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{DI}\ufff9-\ufffb]`,
  String.raw`|[\u200c\u200d\u180b-\u180d\u180f\ufe00-\ufe0f\u{e0020}-\u{e007f}\u{e0100}-\u{e01ef}])*$`,
].join('')

const printedExpression = new RegExp(printedPattern, 'u')

/** Whether people can read this text as it is. */
export function isPrinted(text: string): boolean {
  return printedExpression.test(text)
}

/**
 * The same text for all SKUs that people take for one another: without spaces and what is not seen, and with wide, narrow and
 * composed letters as plain ones. Capitals count: a and A can be told apart.
 */
export function skuIdentity(sku: string): string {
  return sku.normalize('NFKC').replaceAll(/[\s\p{Z}\p{DI}\u2800]/gu, '')
}
