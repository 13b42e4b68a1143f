/**
 * A regular expression for text that people read. The text has a visible character. It has no control characters (which harm Postgres, logs
 * or terminals), no characters that change the direction of text, and no invisible ones. Characters that join letters and emoji, or choose
 * their form, are allowed between them.
 */
export const printedPattern = [
  String.raw`^(?=.*[^\s\p{Z}\p{DI}\u2800])`,
  String.raw`(?:[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{DI}\ufff9-\ufffb]`,
  String.raw`|[\u200c\u200d\u180b-\u180d\u180f\ufe00-\ufe0f\u{e0020}-\u{e007f}\u{e0100}-\u{e01ef}])*$`,
].join('')

const printedExpression = new RegExp(printedPattern, 'u')

/** Whether people can read this text. */
export function isPrinted(text: string): boolean {
  return printedExpression.test(text)
}

/**
 * The same text for all SKUs that look alike: without spaces and invisible characters, and with wide, narrow and composed letters as plain
 * ones. Capitals stay, since a and A look different.
 */
export function skuIdentity(sku: string): string {
  return sku.normalize('NFKC').replaceAll(/[\s\p{Z}\p{DI}\u2800]/gu, '')
}
