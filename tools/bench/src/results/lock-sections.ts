import type { LockFigure } from '../figures/lock.ts'
import type { LockLibraryName } from '../locks/lock-libraries.ts'
import { faint, figure, medianText, rangeOf, ratioCell } from './format.ts'
import type { Section } from './section.ts'

/** (m) Our lock beside other libraries, and what each guarantees. */
export function lockSections(found: LockFigure): Section[] {
  return [speedSection(found), guaranteesSection]
}

function speedSection({ waiterCount, libraries }: LockFigure): Section {
  const names = Object.keys(libraries) as LockLibraryName[]
  const full = Math.max(...names.map((name) => libraries[name].aloneOfOurs.median))
  return {
    title: '(m) A lock on one Redis, beside other libraries',
    note:
      'Each library with its defaults, each client with a connection of its own. Alone: one client takes and releases a lock again and ' +
      `again. Waiters: one holds the lock until ${waiterCount} others wait, and each hands it on after 2 ms. Hand-off: from the call of a ` +
      "release to the next one's lease. Round trips: commands sent for one lock, taken and released.",
    columns: [
      '',
      'alone, of ours',
      'half of the rounds',
      'round trips alone',
      'hand-off ms',
      'half of the rounds',
      `round trips, ${waiterCount} waiters`,
      'alone a second',
    ],
    rows: names.map((name) => {
      const { aloneOfOurs, aloneTrips, handOffMs, waitingTrips, alonePerSecond } = libraries[name]
      return [
        name,
        ratioCell(aloneOfOurs, full),
        rangeOf(aloneOfOurs),
        figure(aloneTrips),
        faint(medianText(handOffMs)),
        faint(rangeOf(handOffMs)),
        figure(waitingTrips),
        faint(medianText(alonePerSecond)),
      ]
    }),
  }
}

/** By the code of the versions that the bench installs, of a lock on one Redis. */
const guaranteesSection: Section = {
  title: '(m) What each of these locks gives',
  note: 'redlock 5.0.0-beta.2, redlock-universal 0.8.5 and redis-semaphore 5.8.0 by their code, ours by its tests.',
  columns: ['', 'ours', 'redlock', 'redlock-universal', 'redis-semaphore'],
  rows: [
    ['a release deletes nothing of the next holder', 'yes', 'yes', 'yes', 'yes'],
    ['a fence that the written store can check', 'yes', 'no', 'no', 'no'],
    [
      'the work hears of a loss',
      'before the lease ends',
      'after it ended',
      'when a renewal fails',
      'when a renewal fails',
    ],
    ['a grant that comes after its lease', 'is refused', 'is handed out', 'is handed out', 'is handed out'],
    [
      'a lost reply',
      'does not block the retry',
      'blocks it for a lease',
      'blocks it for a lease',
      'blocks it for a lease',
    ],
    ['time left is judged by', 'the monotonic clock', 'the wall clock', 'the wall clock', 'nobody'],
    ['a waiter', 'is woken', 'asks every 200 ms', 'asks every 100 ms', 'asks every 10 ms'],
    ['waiters are served in order', 'if they ask so', 'no', 'no', 'no'],
  ],
}
