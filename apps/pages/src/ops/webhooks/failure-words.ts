import { readWebhookFailure, type WebhookFailure } from '@flash-sale/contract/webhook-failures'

/** `{}` stands for the value of the failure. */
const inChinese: Readonly<Record<WebhookFailure, string>> = {
  ANSWERED: '对方返回状态码 {}。',
  REDIRECTED: '对方返回状态码 {}；系统不跟随重定向。',
  LATE: '对方在 {} 秒内没有响应。',
  CLOSED: '对方未作响应便断开了连接。',
  UNREACHABLE: '无法连接（{}）。',
  NOTHING_LISTENS: '该地址没有服务在监听。',
  NAME_PRIVATE: '域名指向内网地址。',
  NAME_EMPTY: '域名没有对应的 IP 地址。',
  NAME_UNKNOWN: '域名解析失败。',
  URL_PRIVATE: '地址指向内网；仅在设置 WEBHOOK_ALLOW_PRIVATE=true 后才允许投递到内网。',
  URL_PLAIN: '地址必须以 https:// 开头；http:// 仅可用于内网。',
  EVENT_GONE: '该事件已不在 Postgres 中。',
}

/** A stored failure in Chinese. One that this page does not know stays in English. */
export function failureInChinese(stored: string): string {
  const known = readWebhookFailure(stored)
  return known ? inChinese[known.failure].replace('{}', () => known.value) : stored
}
