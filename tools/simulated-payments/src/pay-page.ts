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
<meta name="color-scheme" content="light dark">
<title>Simulated payment 模拟支付</title>
<style>
  :root { color-scheme: light dark; font-size: clamp(100%, 75% + 0.32vw, 137.5%) }
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 26rem; margin: 3rem auto; padding: 0 1rem; overflow-wrap: anywhere }
  h1 { font-size: 1.5rem; line-height: 1.3 }
  [lang=zh] { display: block }
  button { font: inherit; display: block; width: 100%; margin: .5rem 0; padding: .75rem; border: 1px solid; border-radius: .5rem; background: Canvas; color: CanvasText; cursor: pointer }
  form:first-of-type button { background: light-dark(#2450b9, #84b1ff); color: light-dark(#fff, #0b1220); border-color: transparent; font-weight: 600 }
  strong { font-size: 1.5rem }
</style>
<h1>${inBoth('Simulated payment', '模拟支付')}</h1>
<p>${inBoth('No money moves here.', '此处不涉及真实资金。')}</p>
<p>${escaped(description)}<br><strong>${escaped(price)}</strong></p>
${body}
${wayBack(payment.returnUrl ?? shopUrl)}
</html>
`
}

/** Each language on a line of its own, so that neither is broken within a word of the other. */
function inBoth(english: string, chinese: string): string {
  return `${english} <span lang="zh">${chinese}</span>`
}

const told = {
  succeeded: inBoth('Paid. The shop has been told, or will be.', '已支付，商城会收到通知。'),
  failed: inBoth('Not paid.', '未支付。'),
}

function buttons(ref: string): string {
  const button = (action: string, text: string) =>
    `<form method="post" action="/pay/${ref}/${action}"><button>${text}</button></form>`
  const late = lateMs / 60_000
  return [
    button('succeed', inBoth('Pay', '支付')),
    button('fail', inBoth('Do not pay', '放弃支付')),
    button('succeed-late', inBoth(`Pay, and tell the shop ${late} minutes later`, `支付，但 ${late} 分钟后才通知商城`)),
  ].join('\n')
}

function wayBack(shopUrl: string | undefined): string {
  return shopUrl === undefined
    ? ''
    : `<p><a href="${escaped(shopUrl)}">${inBoth('Back to the shop', '返回商城')}</a></p>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
