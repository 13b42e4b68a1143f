/**
 * What the letters of the ledger scripts' replies mean, apart from the verdicts on an order (`verdictLetters`). A letter means the same
 * in every script.
 */
export const letters = {
  B: 'BUSY',
  D: 'COUNTS_DIFFER',
  E: 'STALE_EPOCH',
  F: 'GIVEN_BACK_BEFORE',
  G: 'GIVEN_BACK',
  M: 'NOT_LOADED',
  O: 'LEASE_LOST',
  T: 'BELOW_TAKEN',
  U: 'UNKNOWN',
  W: 'NOT_CLOSED',
  X: 'ANOTHER_REDIS',
} as const
