import type { AuditTrailEvent } from '@flash-sale/contract/audit-trail'
import { Link } from 'wouter'
import { ScrollBox } from '../../design/ScrollBox.tsx'
import { cellClass, headClass, tableClass } from '../../design/table.ts'
import { useFormat } from '../../language/LanguageContext.ts'
import { useWords } from '../../language/words.ts'
import { linkClass, pathToItemOrders, pathToSale } from '../paths.ts'
import { useOpsWords } from '../words.ts'
import { describeDetail } from './describe-detail.ts'
import { detailWords } from './detail-words.ts'

/** Acts and repairs, one in each row. */
export function TrailTable({ events }: { readonly events: readonly AuditTrailEvent[] }) {
  const words = useOpsWords().trail
  const detailNames = useWords(detailWords)
  const format = useFormat()
  return (
    <ScrollBox label={words.title}>
      <table className={tableClass}>
        <thead>
          <tr>
            {(['at', 'actor', 'action', 'of', 'detail'] as const).map((column) => (
              <th key={column} className={headClass}>
                {words.columns[column]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {events.map(({ eventId, at, actor, action, saleId, saleName, itemId, itemName, detail }) => (
            <tr key={eventId} className="border-t border-line">
              <td className={`${cellClass} min-w-36 break-keep sm:whitespace-nowrap`}>
                <time dateTime={at}>{format.dateTime(at)}</time>
              </td>
              <td className={cellClass}>{detail['operator'] ?? words.actors[actor] ?? actor}</td>
              <th scope="row" className={`${cellClass} text-left font-semibold whitespace-nowrap`}>
                {(words.actions as Readonly<Record<string, string>>)[action] ?? action}
              </th>
              <td className={`${cellClass} max-w-[20rem] min-w-52`}>
                {saleId !== undefined && (
                  <Link href={pathToSale(saleId)} className={linkClass}>
                    {saleName ?? words.sale(String(saleId))}
                  </Link>
                )}
                {saleId !== undefined && itemId !== undefined && ' · '}
                {itemId !== undefined && (
                  <Link href={pathToItemOrders(itemId)} className={linkClass}>
                    {itemName ?? words.item(String(itemId))}
                  </Link>
                )}
              </td>
              <td className={`${cellClass} min-w-48 text-small text-ink-soft max-sm:min-w-120`}>
                {describeDetail(withoutOperator(detail), detailNames, format).map(({ key, name, value }) => (
                  <span key={key} className="mr-4 inline-block">
                    {name} <span className="text-ink">{value}</span>
                  </span>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  )
}

/** The operator's name stands in a column of its own. */
function withoutOperator(detail: AuditTrailEvent['detail']): AuditTrailEvent['detail'] {
  return Object.fromEntries(Object.entries(detail).filter(([name]) => name !== 'operator'))
}
