import { Link } from 'wouter'
import { useItemName } from '../live/model/live-cache.ts'
import { linkClass, pathToItemOrders } from '../paths.ts'
import { useOpsWords } from '../words.ts'

/** An item by its name, leading to its orders. One that has left the live view is told by its number. */
export function ItemLink({ itemId }: { readonly itemId: number }) {
  const words = useOpsWords().trail
  const name = useItemName(itemId)
  return (
    <Link href={pathToItemOrders(itemId)} className={linkClass}>
      {name ?? words.item(String(itemId))}
    </Link>
  )
}
