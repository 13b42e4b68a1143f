import type { PersistFigure } from '../figures/persist.ts'
import { faint, figure, medianText, rangeOf, ratioCell } from './format.ts'
import type { Section } from './section.ts'

const full = 1

/** (g) The worker beside other ways to write the same rows. */
export function persistSection(found: PersistFigure): Section {
  const { cpuMicros, rowsPerSecond } = found
  const ways = [
    ['INSERT from UNNEST', found.ofUnnest, 'unnest'],
    ['COPY', found.ofCopy, 'copy'],
    ["Prisma's createMany", found.ofCreateMany, 'createMany'],
  ] as const
  return {
    title: '(g) Rows persisted: the worker draining a full outbox',
    note:
      `${figure(found.rowCount)} rows of as many buyers a round, ${figure(found.batchSize)} in a batch, each way into a table of the same ` +
      'shape and indexes. The worker also checks each order against the limit, counts it, and takes it out of the outbox. Draining was ' +
      `${figure(found.drainOfAccept.median)} times as fast as accepting. µs are CPU a row; that of the bench, which writes what the ` +
      'worker does not, is left out.',
    columns: ['', 'worker, of this', 'half of the rounds', 'worker µs', 'Redis µs', 'Postgres µs', 'rows a second'],
    rows: [
      [
        'worker',
        '',
        '',
        medianText(cpuMicros.worker.worker),
        medianText(cpuMicros.worker.redis),
        medianText(cpuMicros.worker.postgres),
        faint(medianText(rowsPerSecond.worker)),
      ],
      ...ways.map(([title, ratio, way]) => [
        title,
        ratioCell(ratio, Math.max(full, found.ofCreateMany.median)),
        rangeOf(ratio),
        '',
        '',
        medianText(cpuMicros[way].postgres),
        faint(medianText(rowsPerSecond[way])),
      ]),
    ],
  }
}
