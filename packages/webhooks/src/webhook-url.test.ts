import { expect, test } from 'vitest'
import { resolvedUrlFault, webhookUrlFault } from './webhook-url.ts'

const strict = { allowPrivate: false }

test.each([
  ['no URL', 'shop.example/hooks', /not a URL/],
  ['another protocol', 'ftp://shop.example/', /https:/],
  ['a script', 'javascript:alert(1)', /https:/],
  ['plain HTTP', 'http://shop.example/', /https:/],
  ['a user', 'https://me@shop.example/', /user/],
  ['a password', 'https://:secret@shop.example/', /password/],
  ['a fragment', 'https://shop.example/#here', /fragment/],
  ['this machine', 'https://127.0.0.1/', /private/],
  ['this machine in short', 'https://127.1/', /private/],
  ['this machine in hexadecimal', 'https://0x7f000001/', /private/],
  ['this machine as one number', 'https://2130706433/', /private/],
  ['this machine in octal', 'https://0177.0.0.1/', /private/],
  ['this machine over IPv6', 'https://[::1]/', /private/],
  ['a mapped address', 'https://[::ffff:10.0.0.1]/', /private/],
  ['metadata of a cloud', 'https://169.254.169.254/latest', /private/],
])('webhooks are not sent to a URL with %s', (_what, url, fault) => {
  expect(webhookUrlFault(url, strict)).toMatch(fault)
})

test('webhooks are sent to names and addresses of the internet', () => {
  for (const url of ['https://shop.example/hooks?x=1', 'https://8.8.8.8:8443/', 'https://[2606:4700:4700::1111]/']) {
    expect(webhookUrlFault(url, strict)).toBeUndefined()
  }
})

test('where private networks are allowed, so is plain HTTP', () => {
  expect(webhookUrlFault('http://127.0.0.1:3000/hooks', { allowPrivate: true })).toBeUndefined()
  expect(webhookUrlFault('ftp://127.0.0.1/', { allowPrivate: true })).toBeDefined()
})

test('a name that leads to this machine is refused when it is looked up', async () => {
  expect(await resolvedUrlFault('https://localhost/hooks', strict)).toMatch(/private/)
  expect(await resolvedUrlFault('https://localhost/hooks', { allowPrivate: true })).toBeUndefined()
})
