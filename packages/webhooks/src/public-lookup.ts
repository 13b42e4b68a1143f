import { lookup as resolve, type LookupAddress, type LookupOptions } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { isPublicAddress } from './public-address.ts'

/** The name of an endpoint leads into a private network. */
export class ForbiddenAddressError extends Error {
  override readonly name = 'ForbiddenAddressError'
  readonly code = 'FORBIDDEN_ADDRESS'
  constructor() {
    super('the address is not one of the public internet')
  }
}

/** Resolves a name as `dns.lookup` does. Tests replace it. */
export type Resolve = (
  name: string,
  options: LookupOptions & { all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

/**
 * A look-up for connections that fails with a ForbiddenAddressError if a name has any address that is not public. The connection goes to
 * the addresses that were judged: a name that means something else a moment later leads nowhere else.
 */
export function createPublicLookup(resolveName: Resolve = resolve): LookupFunction {
  return (name, options, done) => {
    resolveName(name, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, '', 0)
      if (!addresses.every(({ address }) => isPublicAddress(address))) return done(new ForbiddenAddressError(), '', 0)
      if (options.all) return done(null, addresses)
      const [first] = addresses
      return done(null, first!.address, first!.family)
    })
  }
}
