/** Currencies without a smaller unit, and those of which a thousand smaller units are one. Of all others, a hundred are. */
const withoutDigits = 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'.split(' ')
const withThreeDigits = 'BHD IQD JOD KWD LYD OMR TND'.split(' ')

/**
 * The decimals of an amount in this currency by ISO 4217: 2 for EUR, 0 for JPY, 3 for KWD; 2 for no currency (''). A price in the smallest unit is divided by 10 to
 * their power. Intl cannot be asked: browsers leave out the decimals of some currencies that have them.
 */
export function minorDigits(currency: string): number {
  if (withoutDigits.includes(currency)) return 0
  return withThreeDigits.includes(currency) ? 3 : 2
}
