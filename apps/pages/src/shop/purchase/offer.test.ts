import { expect, test } from 'vitest'
import { isPressable, offerForeseeing, offerOf, pickingBarrier } from './offer.ts'

const open = {
  stage: 'open',
  item: { available: 5, purchaseLimit: 2 },
  purchase: 'ready',
  buyer: 'KNOWN',
  heldCount: 0,
} as const

test('an open sale with stock can be bought from, and again up to the purchase limit', () => {
  expect(offerOf(open)).toBe('BUY')
  expect(offerOf({ ...open, heldCount: 1 })).toBe('BUY_MORE')
  expect(offerOf({ ...open, heldCount: 2 })).toBe('LIMIT_REACHED')
})

test.each([
  ['before', 'NOT_YET'],
  ['paused', 'PAUSED'],
  ['over', 'OVER'],
] as const)('a sale that is %s offers nothing, whatever its stock', (stage, offer) => {
  expect(offerOf({ ...open, stage })).toBe(offer)
  expect(offerOf({ ...open, stage, item: { available: 0, purchaseLimit: 2 } })).toBe(offer)
  expect(isPressable(offer)).toBe(false)
})

test('without stock it is sold out, and after a refusal it can be tried again', () => {
  expect(offerOf({ ...open, item: { available: 0, purchaseLimit: 2 } })).toBe('SOLD_OUT')
  expect(offerOf({ ...open, purchase: 'refused' })).toBe('BUY')
})

test('a refusal that is newer than the reading of the sale decides, and an attempt under way goes before it', () => {
  expect(offerOf({ ...open, purchase: 'refused', refused: 'PAUSED' })).toBe('PAUSED')
  expect(offerOf({ ...open, purchase: 'sending', refused: 'PAUSED' })).toBe('SENDING')
})

test('an attempt under way shows until it has an answer, also when the sale ends or sells out meanwhile', () => {
  for (const stage of ['paused', 'over'] as const) {
    expect(offerOf({ ...open, stage, purchase: 'sending' })).toBe('SENDING')
    expect(offerOf({ ...open, stage, purchase: 'waiting' })).toBe('WAITING')
    expect(offerOf({ ...open, stage, purchase: 'stuck', item: { available: 0, purchaseLimit: 2 } })).toBe('SEND_AGAIN')
  }
})

test('who is not signed in, or no longer, is asked to sign in', () => {
  expect(offerOf({ ...open, buyer: 'NOBODY' })).toBe('SIGN_IN')
  expect(offerOf({ ...open, purchase: 'signedOut' })).toBe('SIGN_IN')
  expect(offerOf({ ...open, buyer: 'NOBODY', stage: 'before' })).toBe('SIGN_IN')
  expect(offerOf({ ...open, buyer: 'NOBODY', stage: 'over' })).toBe('OVER')
  expect(offerOf({ ...open, buyer: 'NOBODY', item: { available: 0, purchaseLimit: 2 } })).toBe('SOLD_OUT')
})

test('until it is known who buys a press would do nothing, so the button says to wait', () => {
  expect(offerOf({ ...open, buyer: 'UNKNOWN' })).toBe('ONE_MOMENT')
  expect(isPressable('ONE_MOMENT')).toBe(false)
  expect(offerOf({ ...open, buyer: 'UNKNOWN', stage: 'before' })).toBe('NOT_YET')
})

test('a button that foresees a refusal cannot be pressed', () => {
  const offers = Object.values(offerForeseeing).filter((offer) => offer !== null)
  for (const offer of offers) expect(isPressable(offer), offer).toBe(false)
})

test('units can be picked, also ahead of the opening, unless none can be bought any more: then the picker says why not', () => {
  for (const offer of ['BUY', 'BUY_MORE', 'SEND_AGAIN', 'SIGN_IN', 'ONE_MOMENT', 'NOT_YET', 'PAUSED'] as const)
    expect(pickingBarrier(offer), offer).toBeUndefined()
  for (const offer of ['SOLD_OUT', 'LIMIT_REACHED', 'OVER'] as const) expect(pickingBarrier(offer)).toBe(offer)
})
