import type { Dictionary } from '../language/words.ts'

const en = {
  loading: 'Loading…',
  close: 'Close',
  cancel: 'Cancel',
  optional: 'optional',
  copy: 'Copy',
  copied: 'Copied',
  theme: { label: 'Theme', system: 'As the system', light: 'Light', dark: 'Dark' },
  fault: 'Something went wrong on this page',
  faultAdvice: 'Reload it. Nothing that was done is lost: the service keeps it.',
  reload: 'Reload',
  nothingHere: 'There is no such page',
  nothingHereAdvice: 'The address may be mistyped or old.',
  toShop: 'To the shop',
  toOps: 'To operations',
}

const zh: typeof en = {
  loading: '加载中…',
  close: '关闭',
  cancel: '取消',
  optional: '选填',
  copy: '复制',
  copied: '已复制',
  theme: { label: '主题', system: '跟随系统', light: '浅色', dark: '深色' },
  fault: '页面出错了',
  faultAdvice: '请重新加载页面。已完成的操作不会丢失，服务端均已保存。',
  reload: '重新加载',
  nothingHere: '页面不存在',
  nothingHereAdvice: '地址可能有误或已失效。',
  toShop: '前往商城',
  toOps: '前往运营后台',
}

/** The words of the components that every page shares. */
export const designWords: Dictionary<typeof en> = { en, zh }
