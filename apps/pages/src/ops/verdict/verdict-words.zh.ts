import type { Format } from '../../language/format.ts'
import type { VerdictWords } from './told.ts'

const processes = { api: 'API 进程', worker: 'Worker' }

export const zh: VerdictWords = {
  label: '运行状况',
  glue: { effect: '，', next: '' },
  unknown: '连接中…',
  well: '一切正常',
  wellAbout: (apis, workers) =>
    `${apis} 个 API 进程、${workers} 个 Worker 在线，Redis 和 Postgres 响应正常，库存账实相符。`,
  more: (count) => `另有 ${count} 项`,
  causes: {
    NO_CONNECTION: ({ frameAt, ageMs, retryInMs = 0 }, format) => ({
      title: '与服务的连接已断开',
      effect: ageMs === undefined ? '尚未收到数据。' : `已持续 ${age(ageMs, format)}：${numbersOf(frameAt, format)}`,
      next: `${retryInMs >= 1_000 ? `${format.span(whole(retryInMs))}后重试。` : '正在重试。'}如持续未恢复，请启动 API 进程。`,
    }),
    NOTHING_COMES: ({ frameAt, ageMs = 0 }, format) => ({
      title: '服务未推送数据',
      effect: `已持续 ${age(ageMs, format)}：${numbersOf(frameAt, format)}`,
      next: '如持续未恢复，请重启 API 进程。',
    }),
    NOT_SERVED: ({ reason }) => ({ title: '服务暂时无法提供场次数据', effect: reason, next: '页面会自动重试。' }),
    REDIS_SILENT: ({ forMs }, format) => ({
      title: 'Redis 无响应',
      effect: `已持续 ${age(forMs, format)}：暂时无法下单，买家会收到稍后再试的提示。`,
      next: '请检查 Redis，恢复后自动继续售卖。',
    }),
    POSTGRES_SILENT: ({ forMs, waitingUnits }, format) => ({
      title: 'Postgres 无响应',
      effect: `已持续 ${age(forMs, format)}：订单照常受理，${waiting(waitingUnits, format)}`,
      next: '请检查 Postgres，恢复后自动继续落库。',
    }),
    REDIS_IMPAIRED: ({ forMs, fault }, format) => ({
      title: 'Redis 无法受理订单',
      effect: `已持续 ${age(forMs, format)}：暂时无法下单。原因：${fault}`,
      next: '问题排除后自动继续售卖。',
    }),
    POSTGRES_IMPAIRED: ({ forMs, fault }, format) => ({
      title: 'Postgres 无法写入',
      effect: `已持续 ${age(forMs, format)}：订单照常受理，等待落库。原因：${fault}`,
      next: '问题排除后自动继续落库。',
    }),
    NOT_BALANCED: ({ names, oversold, undersold }, format) => ({
      title: '库存账实不符',
      effect: `${listed(names, '种商品')}：超卖 ${format.count(oversold)} 件，滞留 ${format.count(undersold)} 件。`,
      next: '请先盘点该商品，再重建账本。',
    }),
    NO_WORKER: ({ forMs, waitingUnits }, format) => ({
      title: '没有 Worker 在运行',
      effect: `${forMs === undefined ? '' : `已持续 ${age(forMs, format)}：`}${waiting(waitingUnits, format)}`,
      next: '请启动一个 Worker。',
    }),
    NO_LEDGER: ({ names, isBeingMade }) => ({
      title: isBeingMade ? '账本重建中' : '账本缺失',
      effect: `${listed(names, '种商品')}暂时无法下单。`,
      next: isBeingMade ? '通常不到一秒即可完成。' : '系统会自动重建；如持续未恢复，请手动重建。',
    }),
    OUTBOX_OLD: ({ ageMs, waitingUnits }, format) => ({
      title: '订单落库过慢',
      effect: `最久的已等待 ${age(ageMs, format)}，${waiting(waitingUnits, format)}`,
      next: '请检查 Worker 和 Postgres 的负载，或增加一个 Worker。',
    }),
    PROCESS_SILENT: ({ kind, id, forMs, othersCount }, format) => ({
      title: `${processes[kind]} 失去联系`,
      effect: `${id} 已 ${age(forMs, format)}未上报，${othersCount === 0 ? '没有其他进程接替。' : `另有 ${othersCount} 个仍在运行。`}`,
      next: '如已退出，请另启一个，并移除该行。',
    }),
    FAILED_JOBS: ({ count, mayWait }, format) => ({
      title: `${format.count(count)} 个任务失败`,
      effect: mayWait ? '相关订单已安全保存，等待落库。' : '订单没有丢失，目前也没有订单长时间等待落库。',
      next: mayWait ? '请查看队列。' : '请在队列中重试。',
    }),
    UNKNOWN_MONEY: ({ count }, format) => ({
      title: '收到来源不明的款项',
      effect: `有 ${format.count(count)} 笔款项不属于任何支付，付款人既未得到商品，也未获退款。`,
      next: '请到支付渠道核对，再到“支付”中说明处理结果。',
    }),
    REFUNDS_FAIL: ({ count }, format) => ({
      title: `${format.count(count)} 笔退款失败`,
      effect: '买家尚未收到退款，系统会自动重试。',
      next: '请在“支付”中查看原因。',
    }),
    WEBHOOKS_STOPPED: ({ count }, format) => ({
      title: `${format.count(count)} 个 Webhook 端点已停止`,
      effect: '因持续失败，不再向其通知订单变更；事件不会丢失。',
      next: '请先修复接收方，再到“Webhook”中恢复。',
    }),
    WEBHOOKS_FAIL: ({ count }, format) => ({
      title: `${format.count(count)} 个 Webhook 端点投递失败`,
      effect: '商城后端会延迟收到订单变更；事件不会丢失，系统会自动重试。',
      next: '请检查接收方，原因见“Webhook”。',
    }),
    WEBHOOKS_PAUSED: ({ count }, format) => ({
      title: `${format.count(count)} 个 Webhook 端点已暂停`,
      effect: '订单变更暂不投递。',
      next: '需要继续投递时请恢复。',
    }),
    DEAD_LETTERS: ({ count }, format) => ({
      title: `${format.count(count)} 个事件被彻底拒收`,
      effect: '商城后端未收到这些订单变更。',
      next: '请在“Webhook”中重放或丢弃。',
    }),
    DEGRADED: ({ reason }) => ({ title: '部分功能异常', effect: reason, next: '' }),
    SALE_PAUSED: ({ names }) => ({
      title: names.length === 1 ? '有场次已暂停' : `${names.length} 个场次已暂停`,
      effect: `${listed(names, '个场次')}暂停下单。`,
      next: '需要继续售卖时请恢复。',
    }),
    SLOW: ({ p99Ms, targetMs }, format) => ({
      title: '响应变慢',
      effect: `每 100 笔下单有 1 笔耗时达到 ${format.span(p99Ms)}，目标为 ${format.span(targetMs)}。`,
      next: '请检查 API 进程和 Redis 的负载。',
    }),
  },
}

/** Whole seconds, at least one. */
function whole(ms: number): number {
  return Math.max(1, Math.round(ms / 1_000)) * 1_000
}

function age(ms: number, format: Format): string {
  return format.longSpan(whole(ms))
}

function numbersOf(frameAt: string | undefined, format: Format): string {
  return frameAt === undefined ? '尚未收到数据。' : `数据停留在 ${format.time(frameAt)}。`
}

function waiting(units: number, format: Format): string {
  return units === 0 ? '新订单将等待落库，不会丢失。' : `${format.count(units)} 件待落库，不会丢失。`
}

function listed([first, ...others]: readonly string[], what: string): string {
  return others.length === 0 ? `“${first}”` : `“${first}”等 ${others.length + 1} ${what}`
}
