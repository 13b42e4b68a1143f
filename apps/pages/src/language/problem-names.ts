import type { AnyProblem } from '../server/problem.ts'
import type { Dictionary } from './words.ts'

type ProblemNames = Record<AnyProblem['code'], string>

const en: ProblemNames = {
  INVALID_REQUEST: 'Invalid request',
  UNAUTHORIZED: 'Not signed in',
  FORBIDDEN: 'Not allowed',
  SALE_NOT_FOUND: 'No such sale',
  ITEM_NOT_FOUND: 'No such item',
  ORDER_NOT_FOUND: 'No such order',
  JOB_NOT_FOUND: 'No such failed job',
  QUARANTINED_NOT_FOUND: 'Not in quarantine any more',
  ROUTE_NOT_FOUND: 'No such route',
  METHOD_NOT_ALLOWED: 'Wrong method',
  SOLD_OUT: 'Sold out',
  LIMIT_REACHED: 'Limit reached',
  ORDER_REJECTED: 'Order rejected',
  SALE_NOT_OPEN: 'Not open yet',
  SALE_ALREADY_CLOSED: 'Already closed',
  SALE_CLOSED: 'Sale is over',
  PAYLOAD_TOO_LARGE: 'Body too large',
  UNSUPPORTED_MEDIA_TYPE: 'Body not JSON',
  EXPECTATION_FAILED: 'Expectation not met',
  KEY_CONFLICT: 'Key used otherwise',
  INTERNAL: 'Fault of the service',
  SALE_PAUSED: 'Paused',
  BUSY: 'Item busy',
  OVERLOADED: 'Overloaded',
  OUTCOME_UNKNOWN: 'Outcome unknown',
  UNAVAILABLE: 'Unavailable',
  NO_ANSWER: 'No answer from the service',
}

const zh: ProblemNames = {
  INVALID_REQUEST: '请求无效',
  UNAUTHORIZED: '未登录',
  FORBIDDEN: '无权限',
  SALE_NOT_FOUND: '场次不存在',
  ITEM_NOT_FOUND: '商品不存在',
  ORDER_NOT_FOUND: '订单不存在',
  JOB_NOT_FOUND: '失败任务不存在',
  QUARANTINED_NOT_FOUND: '隔离项不存在',
  ROUTE_NOT_FOUND: '接口不存在',
  METHOD_NOT_ALLOWED: '不支持该方法',
  SOLD_OUT: '已售罄',
  ORDER_REJECTED: '订单未能生成',
  LIMIT_REACHED: '超出限购',
  SALE_NOT_OPEN: '尚未开始',
  SALE_ALREADY_CLOSED: '已关闭',
  SALE_CLOSED: '活动已结束',
  PAYLOAD_TOO_LARGE: '请求体过大',
  UNSUPPORTED_MEDIA_TYPE: '请求体不是 JSON',
  EXPECTATION_FAILED: '无法满足 Expect',
  KEY_CONFLICT: '幂等键冲突',
  INTERNAL: '服务内部错误',
  SALE_PAUSED: '已暂停',
  BUSY: '商品繁忙',
  OVERLOADED: '服务过载',
  OUTCOME_UNKNOWN: '结果未知',
  UNAVAILABLE: '暂不可用',
  NO_ANSWER: '服务无响应',
}

/** A short name for each problem code. */
export const problemNames: Dictionary<ProblemNames> = { en, zh }
