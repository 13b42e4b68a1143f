import { createSigner } from 'fast-jwt'

/** Signs tokens of buyers with the secret of a service. Each token is valid for `lifeMs`. */
export function buyerTokenSigner(jwtSecret: string, lifeMs: number): (buyer: string) => string {
  const sign = createSigner({ key: jwtSecret, algorithm: 'HS256', expiresIn: lifeMs })
  return (buyer) => sign({ sub: buyer })
}
