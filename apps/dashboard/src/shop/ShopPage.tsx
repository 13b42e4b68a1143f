import { Loading } from '../design/Loading.tsx'

/** The page a buyer buys on. */
export function ShopPage() {
  return (
    <main>
      <Loading />
    </main>
  )
}
