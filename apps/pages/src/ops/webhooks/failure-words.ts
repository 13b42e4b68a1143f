/** Why a message was not delivered, as the service stores it in English, and in Chinese. */
const inChinese: readonly (readonly [stored: RegExp, told: string])[] = [
  [/^It answered (\d+)\.$/, '对方返回状态码 $1。'],
  [/^It answered (\d+); redirects are not followed\.$/, '对方返回状态码 $1；系统不跟随重定向。'],
  [/^It did not answer within ([\d.]+) s\.$/, '对方在 $1 秒内没有响应。'],
  [/^It closed the connection without an answer\.$/, '对方未作响应便断开了连接。'],
  [/^It could not be reached \((.*)\)\.$/, '无法连接（$1）。'],
  [/^Nothing listens at its address\.$/, '该地址没有服务在监听。'],
  [/^Its name leads into a private network\.$/, '域名指向内网地址。'],
  [/^Its name has no address\.$/, '域名没有对应的 IP 地址。'],
  [/^Its name could not be looked up\.$/, '域名解析失败。'],
]

/** A stored failure in Chinese. One that this page does not know stays in English. */
export function failureInChinese(failure: string): string {
  const known = inChinese.find(([stored]) => stored.test(failure))
  return known ? failure.replace(...known) : failure
}
