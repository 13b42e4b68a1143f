import { count, type Terminal } from '@flash-sale/local-stack/console/terminal'
import { refusedCount, type StormTally } from './storm-tally.ts'

/** Prints answers to likely questions of a reader. */
export function sayWhatBuyersDid(tally: StormTally, { line, paint }: Terminal): void {
  const soldOut = tally.refusals.get('SOLD_OUT') ?? 0
  const overLimit = tally.refusals.get('LIMIT_REACHED') ?? 0
  const others = [...tally.refusals].filter(([code]) => code !== 'SOLD_OUT' && code !== 'LIMIT_REACHED')
  const said = [
    `${count(soldOut)} requests were refused as sold out, ${count(overLimit)} as over the purchase limit;`,
    `${count(tally.replays)} double clicks and retries got the order that they had already.`,
    `${count(tally.cameBackAndGot)} orders went to buyers who came back once units had come back;`,
    `${count(tally.paidTooLate)} buyers cancelled, and paid all the same.`,
  ]
  line()
  for (const text of said) line(`    ${paint('dim', text)}`)
  if (tally.comebacks > 0)
    line(`    ${paint('dim', `${count(tally.comebacks)} times a buyer sent an order again, as the service asked.`)}`)
  for (const [code, times] of others)
    line(`    ${paint('yellow', `! ${count(times)} requests were refused as ${code}`)}`)
  if (tally.unanswered.length > 0) {
    line(
      `    ${paint('yellow', `! ${count(tally.unanswered.length)} requests ended without an answer: ${tally.unanswered[0]}`)}`,
    )
  }
  if (refusedCount(tally) === 0) line(`    ${paint('yellow', '! nobody was refused')}`)
}
