import { Link } from 'wouter'
import { linkClass, pathToSearch } from '../paths.ts'

/** An order by its id, leading to the order. */
export function OrderLink({ orderId }: { readonly orderId: string }) {
  return (
    <Link href={pathToSearch(orderId)} className={`inline-block min-w-40 font-mono text-small ${linkClass}`}>
      {orderId}
    </Link>
  )
}
