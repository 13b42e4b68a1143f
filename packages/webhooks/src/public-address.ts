import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Public by its number, but answered by the cloud that the machine runs in. */
const cloudAddresses = new Set(['168.63.129.16'])

/** The part of IPv6 that is given out for the internet, 2000::/3. */
const globalUnicast = ipaddr.IPv6.parse('2000::')

/**
 * Whether an IP address belongs to the public internet. It does not if it is loopback, private, link-local (cloud metadata too),
 * unique-local, shared by a carrier, multicast or reserved; nor if it carries an IPv4 address in another form (6to4, Teredo, NAT64). A
 * mapped IPv4 address is judged as that IPv4 address.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false
  const parsed = ipaddr.process(address)
  if (parsed.range() !== 'unicast') return false
  if (parsed instanceof ipaddr.IPv6) return parsed.match(globalUnicast, 3)
  return !cloudAddresses.has(parsed.toString())
}
