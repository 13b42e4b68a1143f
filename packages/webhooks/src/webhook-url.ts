import { webhookFailures } from '@flash-sale/contract/webhook-failures'
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { isPublicAddress } from './public-address.ts'

/** Which addresses webhooks may be sent to. */
export interface AddressRule {
  /** Whether they may be in private networks, and reached over plain HTTP. */
  readonly allowPrivate: boolean
}

/** The host of a URL as an IP address, without brackets; undefined if it is a name. */
export function addressIn(url: URL): string | undefined {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return isIP(host) === 0 ? undefined : host
}

/** Why webhooks cannot be sent to this URL, as a sentence; undefined if they can, as far as the URL itself says. */
export function webhookUrlFault(text: string, { allowPrivate }: AddressRule): string | undefined {
  if (!URL.canParse(text)) return 'The url is not a URL.'
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'The url must begin with https://.'
  if (url.protocol === 'http:' && !allowPrivate) return webhookFailures.URL_PLAIN
  if (url.username !== '' || url.password !== '')
    return 'The url must not hold a user or a password; webhooks are signed.'
  if (url.hash !== '') return 'The url must not have a #fragment.'
  const address = addressIn(url)
  if (!allowPrivate && address !== undefined && !isPublicAddress(address)) return webhookFailures.URL_PRIVATE
  return undefined
}

/** The same after the name was looked up. A name that cannot be looked up now is not a fault: each sending looks it up again. */
export async function resolvedUrlFault(text: string, rule: AddressRule): Promise<string | undefined> {
  const fault = webhookUrlFault(text, rule)
  if (fault !== undefined || rule.allowPrivate) return fault
  const url = new URL(text)
  if (addressIn(url) !== undefined) return undefined
  const addresses = await lookup(url.hostname, { all: true }).catch(() => [])
  return addresses.every(({ address }) => isPublicAddress(address)) ? undefined : webhookFailures.URL_PRIVATE
}
