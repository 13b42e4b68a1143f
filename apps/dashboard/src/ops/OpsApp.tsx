import { Loading } from '../design/Loading.tsx'

/** The operators' side: everything under /ops. */
export function OpsApp() {
  return (
    <main>
      <Loading />
    </main>
  )
}
