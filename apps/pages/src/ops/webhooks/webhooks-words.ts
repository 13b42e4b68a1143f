import type { Dictionary } from '../../language/words.ts'
import type { EndpointStanding } from './endpoint-standing.ts'
import { failureInChinese } from './failure-words.ts'

interface ActWords {
  readonly name: string
  readonly title: (what: string) => string
  readonly about: string
  readonly did: string
}

interface WebhooksWords {
  readonly title: string
  readonly lead: string
  readonly endpoints: string
  readonly none: string
  readonly noneAdvice: string
  readonly states: Readonly<Record<EndpointStanding, string>>
  readonly failingSince: (span: string, tries: string) => string
  readonly nextTry: (time: string) => string
  readonly failure: (stored: string) => string
  readonly allTypes: string
  readonly never: string
  readonly columns: {
    readonly url: string
    readonly state: string
    readonly types: string
    readonly lastDelivered: string
    readonly deadLetters: string
  }
  readonly letters: {
    readonly title: string
    readonly none: string
    readonly noneAdvice: string
    readonly isReplayed: string
    readonly columns: {
      readonly event: string
      readonly endpoint: string
      readonly why: string
      readonly tries: string
      readonly at: string
    }
  }
  readonly acts: Readonly<Record<'pause' | 'resume' | 'delete' | 'replay' | 'discard', ActWords>>
  readonly create: Omit<ActWords, 'title'> & {
    /** The button that opens the form, and the title of the form. */
    readonly open: string
    readonly url: string
    readonly urlHint: string
    readonly urlWrong: string
    readonly description: string
    readonly descriptionHint: string
    readonly types: string
    readonly typesHint: string
    readonly typesMissing: string
    readonly secret: string
    readonly copySecret: string
    readonly secretAdvice: string
  }
  readonly test: Omit<ActWords, 'did'> & {
    readonly did: (failure: string | undefined) => string
  }
}

export const webhooksWords: Dictionary<WebhooksWords> = {
  en: {
    title: 'Webhooks',
    lead: 'The programs of the shop that are told what becomes of orders.',
    endpoints: 'Endpoints',
    none: 'No webhook endpoint',
    noneAdvice: 'Create one with "New endpoint", and the service tells it what becomes of every order.',
    states: {
      delivering: 'Delivers',
      waiting: 'Waits for changes',
      failing: 'Fails, tried again',
      failed: 'Stopped after failing',
      paused: 'Paused',
    },
    failingSince: (span, tries) => `For ${span}, ${tries === '1' ? '1 try' : `${tries} tries`}.`,
    nextTry: (time) => `Next try ${time}.`,
    failure: (stored) => stored,
    allTypes: 'All',
    never: 'Never yet',
    columns: {
      url: 'Address',
      state: 'State',
      types: 'Events',
      lastDelivered: 'Last delivered',
      deadLetters: 'Dead letters',
    },
    letters: {
      title: 'Dead letters',
      none: 'No dead letter',
      noneAdvice: 'An event that an endpoint refuses for good is listed here.',
      isReplayed: 'Is sent again soon.',
      columns: { event: 'Event', endpoint: 'Endpoint', why: 'Why', tries: 'Tries', at: 'Refused' },
    },
    acts: {
      pause: {
        name: 'Pause',
        title: (url) => `Pause ${url}?`,
        about: 'Nothing is sent until you resume. What happens meanwhile is sent then, so nothing is lost.',
        did: 'The endpoint is paused.',
      },
      resume: {
        name: 'Resume',
        title: (url) => `Resume ${url}?`,
        about: 'It goes on with the event at which it stands, at once.',
        did: 'The endpoint goes on.',
      },
      delete: {
        name: 'Delete',
        title: (url) => `Delete ${url}?`,
        about:
          'Nothing more is sent there, and its secret and its place among the events are forgotten. To send nothing for a while, pause it.',
        did: 'The endpoint is deleted.',
      },
      replay: {
        name: 'Replay',
        title: (event) => `Send ${event} once more?`,
        about: 'First mend what the endpoint refused the event for. The event comes out of its order.',
        did: 'The event is sent again soon. If the endpoint refuses it, it is listed again.',
      },
      discard: {
        name: 'Discard',
        title: (event) => `Take ${event} off the list?`,
        about: 'The endpoint is not told of this change any more. The order stays as it is.',
        did: 'The event is not listed any more.',
      },
    },
    create: {
      open: 'New endpoint',
      name: 'Create the endpoint',
      about: 'It is told of changes of orders from now on, signed with a secret of its own.',
      url: 'Address',
      urlHint: 'https://, in the public internet.',
      urlWrong: 'Give a whole address, such as https://shop.example/orders.',
      description: 'Description',
      descriptionHint: 'What the program is, for other operators. May stay empty.',
      types: 'Told when an order is',
      typesHint: 'All of them: kinds that a later version brings are told too.',
      typesMissing: 'Choose one at least.',
      did: 'The endpoint is created.',
      secret: 'Its secret',
      copySecret: 'Copy the secret',
      secretAdvice:
        'Give it to the program now, so that the program can check the signatures. This page does not show it again.',
    },
    test: {
      name: 'Test',
      title: (url) => `Send a test message to ${url}?`,
      about: 'One message of the type webhook.test is sent, also to an endpoint that is paused.',
      did: (failure) => (failure === undefined ? 'The endpoint took the message.' : `It was not delivered: ${failure}`),
    },
  },
  zh: {
    title: 'Webhook',
    lead: '接收订单变更通知的商城程序。',
    endpoints: '端点',
    none: '尚无 Webhook 端点',
    noneAdvice: '点击“新建端点”创建，系统会向它通知每笔订单的变更。',
    states: {
      delivering: '投递正常',
      waiting: '等待订单变更',
      failing: '投递失败，重试中',
      failed: '持续失败，已停止',
      paused: '已暂停',
    },
    failingSince: (span, tries) => `已持续 ${span}，尝试 ${tries} 次。`,
    nextTry: (time) => `下次重试：${time}。`,
    failure: failureInChinese,
    allTypes: '全部',
    never: '尚未投递',
    columns: {
      url: '地址',
      state: '状态',
      types: '事件',
      lastDelivered: '上次投递',
      deadLetters: '死信',
    },
    letters: {
      title: '死信',
      none: '没有死信',
      noneAdvice: '被端点彻底拒收的事件会列在这里。',
      isReplayed: '即将重新投递。',
      columns: { event: '事件', endpoint: '端点', why: '原因', tries: '尝试次数', at: '拒收时间' },
    },
    acts: {
      pause: {
        name: '暂停',
        title: (url) => `暂停 ${url}？`,
        about: '恢复之前不再投递；期间的事件会在恢复后补发，不会丢失。',
        did: '该端点已暂停。',
      },
      resume: {
        name: '恢复',
        title: (url) => `恢复 ${url}？`,
        about: '立即从中断处的事件继续投递。',
        did: '该端点已恢复投递。',
      },
      delete: {
        name: '删除',
        title: (url) => `删除 ${url}？`,
        about: '不再向其投递，其密钥和投递位置也一并清除。如只需暂时停止投递，请使用“暂停”。',
        did: '该端点已删除。',
      },
      replay: {
        name: '重放',
        title: (event) => `重新投递 ${event}？`,
        about: '请先排除当初被拒收的原因。该事件不再保证先后顺序。',
        did: '该事件即将重新投递；如再次被拒收，会重新列出。',
      },
      discard: {
        name: '丢弃',
        title: (event) => `把 ${event} 移出列表？`,
        about: '不再向端点通知这次变更，订单状态不变。',
        did: '该事件已不再列出。',
      },
    },
    create: {
      open: '新建端点',
      name: '创建端点',
      about: '从现在起，订单变更会通知该端点，并用其专属密钥签名。',
      url: '地址',
      urlHint: '以 https:// 开头的公网地址。',
      urlWrong: '请填写完整地址，例如 https://shop.example/orders。',
      description: '说明',
      descriptionHint: '供其他运营人员了解该程序的用途，可不填。',
      types: '通知的订单变更',
      typesHint: '全选时，今后新增的类型也会通知。',
      typesMissing: '请至少选择一项。',
      did: '端点已创建。',
      secret: '签名密钥',
      copySecret: '复制密钥',
      secretAdvice: '请立即配置到接收程序中，用于验证签名。本页面不会再次显示。',
    },
    test: {
      name: '测试',
      title: (url) => `向 ${url} 发送测试消息？`,
      about: '发送一条 webhook.test 消息，端点已暂停也会发送。',
      did: (failure) => (failure === undefined ? '端点已成功接收消息。' : `未能送达：${failureInChinese(failure)}`),
    },
  },
}
