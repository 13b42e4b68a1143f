import { minorDigits } from '@flash-sale/contract/minor-digits'
import type { BookedPayment } from './books.ts'

/** How long after the payment the shop is told, for the third button: longer than an order waits for money on its way. In ms. */
export const lateMs = 180_000

/** The page where people pay with no money. It leads back to the shop, at `shopUrl` if the payment itself does not say where that is. */
export function payPage(payment: BookedPayment, shopUrl: string | undefined): string {
  const { ref, amount, currency, description, state } = payment
  const digits = minorDigits(currency)
  const price = `${(amount / 10 ** digits).toFixed(digits)} ${currency}`
  const body = state === 'open' ? buttons(ref) : `<p role="status">${told[state]}</p>`
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Simulated payment 模拟支付</title>
<style>
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 26rem; margin: 3rem auto; padding: 0 1rem }
  button { font: inherit; display: block; width: 100%; margin: .5rem 0; padding: .75rem; cursor: pointer }
  strong { font-size: 1.5rem }
</style>
<h1>Simulated payment 模拟支付</h1>
<p>No money moves here. 此处不涉及真实资金。</p>
<p>${escaped(description)}<br><strong>${escaped(price)}</strong></p>
${body}
${wayBack(payment.returnUrl ?? shopUrl)}
</html>
`
}

const told = {
  succeeded: 'Paid. The shop has been told, or will be. 已支付，商家会收到通知。',
  failed: 'Not paid. 未支付。',
}

function buttons(ref: string): string {
  const button = (action: string, text: string) =>
    `<form method="post" action="/pay/${ref}/${action}"><button>${text}</button></form>`
  return [
    button('succeed', 'Pay 支付'),
    button('fail', 'Do not pay 放弃支付'),
    button(
      'succeed-late',
      `Pay, and tell the shop ${lateMs / 60_000} minutes later 支付，但 ${lateMs / 60_000} 分钟后才通知商家`,
    ),
  ].join('\n')
}

function wayBack(shopUrl: string | undefined): string {
  return shopUrl === undefined ? '' : `<p><a href="${escaped(shopUrl)}">Back to the shop 返回商城</a></p>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
