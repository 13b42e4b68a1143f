import type { Invariant } from '@flash-sale/contract/live'
import type { SaleView } from '@flash-sale/contract/sales'
import { Link } from 'wouter'
import { ScrollBox } from '../../design/ScrollBox.tsx'
import { cellClass, headClass, tableClass } from '../../design/table.ts'
import { useFormat } from '../../language/LanguageContext.ts'
import { InvariantMark } from '../live/items/InvariantMark.tsx'
import type { LiveSale } from '../live/model/group-by-sale.ts'
import { isCounted } from '../live/model/is-counted.ts'
import { linkClass, pathToItemOrders } from '../paths.ts'
import { useOpsWords } from '../words.ts'

interface SaleItemsProps {
  readonly items: SaleView['items']
  /** What the live view has of the sale, if that has it. It may lack items. */
  readonly live: LiveSale | undefined
}

/** The items of a sale: their price, their stock, and the way to their orders. */
export function SaleItems({ items, live }: SaleItemsProps) {
  const words = useOpsWords()
  const format = useFormat()
  const { columns } = words.salePage
  const invariants = new Map(live?.items.map(({ itemId, invariant }) => [itemId, invariant]))
  return (
    <ScrollBox label={words.salePage.items}>
      <table className={tableClass}>
        <thead>
          <tr>
            <th className={headClass}>{columns.item}</th>
            <th className={headClass}>{columns.sku}</th>
            <th className={`${headClass} text-right`}>{columns.price}</th>
            <th className={`${headClass} text-right`}>{columns.available}</th>
            <th className={`${headClass} text-right`}>{columns.total}</th>
            <th className={headClass}>{words.pages.orders}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.itemId} className="border-t border-line">
              <th scope="row" className={`${cellClass} max-w-[24rem] min-w-40 text-left font-semibold wrap-anywhere`}>
                {item.name}
              </th>
              <td className={`${cellClass} max-w-[16rem] min-w-32 wrap-anywhere`}>{item.sku}</td>
              <td className={`${cellClass} text-right`}>{format.price(item.priceCents, item.currency)}</td>
              <td className={`${cellClass} text-right whitespace-nowrap`}>
                <Available units={item.available} invariant={invariants.get(item.itemId)} />
              </td>
              <td className={`${cellClass} text-right`}>{format.count(item.total)}</td>
              <td className={`${cellClass} whitespace-nowrap`}>
                <Link href={pathToItemOrders(item.itemId)} className={linkClass}>
                  {words.pages.orders}
                </Link>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  )
}

interface AvailableProps {
  readonly units: number
  /** Undefined if the live view does not have the item. */
  readonly invariant: Invariant | undefined
}

/** The units that can still be ordered, and whether that is known. */
function Available({ units, invariant }: AvailableProps) {
  const format = useFormat()
  return (
    <span className="inline-flex items-center gap-1.5">
      <span className={invariant && !isCounted(invariant) ? 'text-ink-soft' : ''}>{format.count(units)}</span>
      {invariant && <InvariantMark invariant={invariant} />}
    </span>
  )
}
