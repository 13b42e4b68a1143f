import type { Format } from '../../language/format.ts'
import type { VerdictWords } from './told.ts'

const processes = { api: 'API process', worker: 'worker' }

export const en: VerdictWords = {
  label: 'Verdict',
  glue: { effect: ' ', next: ' ' },
  unknown: 'Connecting…',
  well: 'All well',
  wellAbout: (apis, workers) =>
    `${counted(apis, 'API process', 'API processes')} and ${counted(workers, 'worker', 'workers')} report, Redis and Postgres answer, every unit is accounted for.`,
  more: (count) => `${count} more`,
  causes: {
    NO_CONNECTION: ({ frameAt, ageMs, retryInMs = 0 }, format) => ({
      title: 'The connection to the service is lost',
      effect:
        ageMs === undefined
          ? '– no numbers have come yet.'
          : `for ${age(ageMs, format)}: ${numbersOf(frameAt, format)}`,
      next: `${retryInMs >= 1_000 ? `Next try in ${format.span(whole(retryInMs))}.` : 'Trying now.'} If it lasts, start an API process.`,
    }),
    NOTHING_COMES: ({ frameAt, ageMs = 0 }, format) => ({
      title: 'The service sends nothing',
      effect: `for ${age(ageMs, format)}: ${numbersOf(frameAt, format)}`,
      next: 'If it lasts, restart the API process.',
    }),
    NOT_SERVED: ({ reason }) => ({
      title: 'The service cannot show the sales',
      effect: `– ${reason}`,
      next: 'The page tries again by itself.',
    }),
    REDIS_SILENT: ({ forMs }, format) => ({
      title: 'Redis does not answer',
      effect: `for ${age(forMs, format)}: orders are refused, and buyers are asked to try again.`,
      next: 'Check the Redis server. Sales go on by themselves once it answers.',
    }),
    POSTGRES_SILENT: ({ forMs, waitingUnits }, format) => ({
      title: 'Postgres does not answer',
      effect: `for ${age(forMs, format)}: orders are still accepted. ${waiting(waitingUnits, format)}`,
      next: 'Check the Postgres server. Saving goes on by itself once it answers.',
    }),
    REDIS_IMPAIRED: ({ forMs, fault }, format) => ({
      title: 'Redis cannot take orders',
      effect: `for ${age(forMs, format)}: orders are refused. ${fault}`,
      next: 'Once this is corrected, sales go on by themselves.',
    }),
    POSTGRES_IMPAIRED: ({ forMs, fault }, format) => ({
      title: 'Postgres takes no writes',
      effect: `for ${age(forMs, format)}: orders are still accepted, and wait to be saved. ${fault}`,
      next: 'Once this is corrected, saving goes on by itself.',
    }),
    NOT_BALANCED: ({ names, oversold, undersold }, format) => ({
      title: 'Stock does not add up',
      effect: `for ${listed(names)}: ${format.count(oversold)} units oversold, ${format.count(undersold)} stranded.`,
      next: 'Count the item, then rebuild its ledger.',
    }),
    NO_WORKER: ({ forMs, waitingUnits }, format) => ({
      title: 'No worker',
      effect: `${forMs === undefined ? 'has reported' : `for ${age(forMs, format)}`}: ${lowerFirst(waiting(waitingUnits, format))}`,
      next: 'Start a worker.',
    }),
    NO_LEDGER: ({ names, isBeingMade }) => ({
      title: isBeingMade ? 'A ledger is being rebuilt' : 'A ledger is missing',
      effect: `– orders of ${listed(names)} are refused.`,
      next: isBeingMade
        ? 'This mostly takes less than a second.'
        : 'The service rebuilds it by itself. If it lasts, rebuild it.',
    }),
    OUTBOX_OLD: ({ ageMs, waitingUnits }, format) => ({
      title: 'Orders wait too long to be saved',
      effect: `– the oldest for ${age(ageMs, format)}. ${waiting(waitingUnits, format)}`,
      next: 'Check the load of the workers and of Postgres, or start another worker.',
    }),
    PROCESS_SILENT: ({ kind, id, forMs, othersCount }, format) => ({
      title: `A silent ${processes[kind]}`,
      effect: `– ${id} has not reported for ${age(forMs, format)}; ${othersCount === 0 ? 'no other one works.' : `${counted(othersCount, 'other one works', 'others work')} on.`}`,
      next: 'If it is dead, start another one, and dismiss its row.',
    }),
    FAILED_JOBS: ({ count, mayWait }, format) => ({
      title: count === 1 ? 'A job has failed' : `${format.count(count)} jobs have failed`,
      effect: mayWait
        ? '– their orders are safe, and wait to be saved.'
        : '– nothing is lost, and no order waits for long now.',
      next: mayWait ? 'Look at the queue.' : 'Retry them in the queue.',
    }),
    UNKNOWN_MONEY: ({ count }, format) => ({
      title: 'Unknown money came',
      effect: `– ${count === 1 ? 'a payment' : `${format.count(count)} payments`} ${count === 1 ? 'is' : 'are'} none of ours, so nobody got goods or money back for ${count === 1 ? 'it' : 'them'}.`,
      next: 'Look for the money at the provider, then say under Payments what became of it.',
    }),
    REFUNDS_FAIL: ({ count }, format) => ({
      title: count === 1 ? 'A refund fails' : `${format.count(count)} refunds fail`,
      effect: `– ${count === 1 ? 'a buyer waits' : 'buyers wait'} for money. It is tried again by itself.`,
      next: 'Look at the payments for the reason.',
    }),
    WEBHOOKS_STOPPED: ({ count }, format) => ({
      title: count === 1 ? 'A webhook endpoint was stopped' : `${format.count(count)} webhook endpoints were stopped`,
      effect: `– ${count === 1 ? 'it' : 'they'} failed for long and ${count === 1 ? 'hears' : 'hear'} of no order any more. Nothing is lost.`,
      next: 'Mend the receiver, then resume the endpoint under Webhooks.',
    }),
    WEBHOOKS_FAIL: ({ count }, format) => ({
      title: count === 1 ? 'A webhook endpoint fails' : `${format.count(count)} webhook endpoints fail`,
      effect: '– the shop’s backend hears late of orders. Nothing is lost, and it is tried again.',
      next: 'Check the receiver; Webhooks has the reason.',
    }),
    WEBHOOKS_PAUSED: ({ count }, format) => ({
      title: count === 1 ? 'A webhook endpoint is paused' : `${format.count(count)} webhook endpoints are paused`,
      effect: '– what happens to orders waits to be sent there.',
      next: 'Resume it when it should go on.',
    }),
    DEAD_LETTERS: ({ count }, format) => ({
      title: count === 1 ? 'A webhook was refused for good' : `${format.count(count)} webhooks were refused for good`,
      effect: '– the shop’s backend does not know of these changes of orders.',
      next: 'Replay or discard them under Webhooks.',
    }),
    DEGRADED: ({ reason }) => ({ title: 'Not everything works', effect: `– ${reason}`, next: '' }),
    SALE_PAUSED: ({ names }) => ({
      title: names.length === 1 ? 'A sale is paused' : `${names.length} sales are paused`,
      effect: `– nobody can order from ${listed(names)}.`,
      next: 'Resume it when it should go on.',
    }),
    SLOW: ({ p99Ms, targetMs }, format) => ({
      title: 'Answers are slow',
      effect: `– 1 of 100 orders waits ${format.span(p99Ms)} or longer; the target is ${format.span(targetMs)}.`,
      next: 'Check the load of the API processes and of Redis.',
    }),
  },
}

/** Whole seconds, at least one. */
function whole(ms: number): number {
  return Math.max(1, Math.round(ms / 1_000)) * 1_000
}

function age(ms: number, format: Format): string {
  return format.longSpan(whole(ms))
}

function numbersOf(frameAt: string | undefined, format: Format): string {
  return frameAt === undefined ? 'no numbers have come yet.' : `the numbers are from ${format.time(frameAt)}.`
}

function waiting(units: number, format: Format): string {
  if (units === 0) return 'New orders wait to be saved, and none is lost.'
  return `${format.count(units)} ${units === 1 ? 'unit waits' : 'units wait'} to be saved, and none is lost.`
}

function lowerFirst(text: string): string {
  return text[0]!.toLowerCase() + text.slice(1)
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}

function listed([first, ...others]: readonly string[]): string {
  return others.length === 0 ? `“${first}”` : `“${first}” and ${others.length} more`
}
