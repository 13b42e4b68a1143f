import { expect, test } from 'vitest'
import { isPublicAddress } from './public-address.ts'

test.each([
  ['loopback', '127.0.0.1', '127.255.255.254', '::1'],
  ['unspecified', '0.0.0.0', '0.1.2.3', '::'],
  ['private', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
  ['link-local, where clouds keep their metadata', '169.254.169.254', '169.254.0.1', 'fe80::1', 'fe80::a9fe:a9fe'],
  ['unique-local, metadata over IPv6 too', 'fc00::1', 'fd00:ec2::254', 'fdff::1'],
  ['shared by a carrier, metadata of one cloud too', '100.64.0.1', '100.100.100.200'],
  ['a host of the cloud itself', '168.63.129.16', '192.0.0.192'],
  ['reserved, benchmarks and documentation', '240.0.0.1', '198.18.0.1', '192.0.2.1', '203.0.113.7', '2001:db8::1'],
  ['multicast and broadcast', '224.0.0.1', '239.255.255.255', '255.255.255.255', 'ff02::1'],
  ['a mapped IPv4 address', '::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:a9fe:a9fe'],
  [
    'an IPv4 address in another form',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:0:7f00:1::1',
    '::ffff:0:127.0.0.1',
  ],
  ['deprecated or for other uses', 'fec0::1', '100::1', '5f00::1'],
  ['no address', '', 'localhost', '127.1', '0x7f000001', '2130706433', '017700000001', '1.2.3.4.5'],
])('%s is not public', (_what, ...addresses) => {
  expect(addresses.filter(isPublicAddress)).toEqual([])
})

test('addresses of the internet are public, mapped ones too', () => {
  const addresses = [
    '1.1.1.1',
    '8.8.8.8',
    '172.32.0.1',
    '100.128.0.1',
    '2606:4700:4700::1111',
    '2a00:1450::1',
    '::ffff:8.8.8.8',
  ]
  expect(addresses.filter((address) => !isPublicAddress(address))).toEqual([])
})
