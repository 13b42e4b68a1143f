import type { EndFigure } from '../figures/end.ts'
import { faint, figure, medianText, rangeOf, ratioCell } from './format.ts'
import type { Section } from './section.ts'

/** (t) Orders that end, beside a bare UPDATE. */
export function endSection(found: EndFigure): Section {
  const { cpuMicros, rowsPerSecond, ofUpdate, endedOfUpdate } = found
  return {
    title: '(t) Orders ended: unpaid orders that expire',
    note:
      `${figure(found.rowCount)} orders of as many buyers a round, ${figure(found.batchSize)} in a batch, each way in a table of its own. ` +
      'Ending also lowers what each buyer holds and the item has sold, writes an event for each order, and notes which units the ledger ' +
      'does not have back yet. µs are CPU a row.',
    columns: ['', 'of a bare UPDATE', 'half of the rounds', 'Postgres µs', 'rows a second'],
    rows: [
      [
        'bare UPDATE of the status',
        '',
        '',
        medianText(cpuMicros.update.postgres),
        faint(medianText(rowsPerSecond.update)),
      ],
      ['ended', ratioCell(endedOfUpdate, 1), rangeOf(endedOfUpdate), '', ''],
      [
        'ended, and noted as back',
        ratioCell(ofUpdate, 1),
        rangeOf(ofUpdate),
        medianText(cpuMicros.end.postgres),
        faint(medianText(rowsPerSecond.end)),
      ],
    ],
  }
}
