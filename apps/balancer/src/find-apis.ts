import { lookup } from 'node:dns/promises'

/** Where one API process takes connections. */
export interface ApiAddress {
  readonly host: string
  readonly port: number
}

export function addressName({ host, port }: ApiAddress): string {
  return `${host} ${port}`
}

/** A name is asked for again after this, so that a new API process gets its share and a gone one is forgotten. In ms. */
const believedMs = 500

/** Finds the API processes that a name leads to now, none if it leads nowhere. Connections that come together share a question. */
export function createFindApis(name: string, port: number): () => Promise<readonly ApiAddress[]> {
  let askedAtMs = -Infinity
  let answer: Promise<readonly ApiAddress[]> = Promise.resolve([])
  return () => {
    if (performance.now() - askedAtMs >= believedMs) {
      askedAtMs = performance.now()
      answer = lookup(name, { all: true }).then(
        (found) => found.map(({ address }) => ({ host: address, port })),
        () => [],
      )
    }
    return answer
  }
}
