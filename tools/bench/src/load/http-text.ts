import { httpOf, type OrderRequest } from '@flash-sale/kit/order-request'

/** A request as an HTTP client writes it. */
export function httpText(order: OrderRequest, port: number): string {
  const { method, path, headers, body } = httpOf(order)
  const head = [
    `${method} ${path} HTTP/1.1`,
    `host: 127.0.0.1:${port}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(body)}`,
  ]
  return `${head.join('\r\n')}\r\n\r\n${body}`
}
