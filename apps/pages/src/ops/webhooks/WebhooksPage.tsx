import type { WebhookEndpoint } from '@flash-sale/contract/webhooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '../../design/Button.tsx'
import { Icon } from '../../design/Icon.tsx'
import { useFormat } from '../../language/LanguageContext.ts'
import { useWords } from '../../language/words.ts'
import { useServerNow } from '../../server/use-server-clock.ts'
import { valueOf } from '../../server/problem.ts'
import { ListPanel } from '../lists/ListPanel.tsx'
import { useOpsSession } from '../session/OpsSession.ts'
import { Standing, type StandingLook } from '../Standing.tsx'
import { CreateEndpointDialog } from './CreateEndpointDialog.tsx'
import { DeadLettersPanel } from './DeadLettersPanel.tsx'
import { FailureText } from './FailureText.tsx'
import { standingOf, type EndpointStanding } from './endpoint-standing.ts'
import { EndpointDialog, type EndpointAct } from './WebhookDialogs.tsx'
import { webhooksWords } from './webhooks-words.ts'

const refreshEveryMs = 5_000
const looks: Readonly<Record<EndpointStanding, StandingLook>> = {
  delivering: 'good',
  waiting: 'waiting',
  failing: 'caution',
  failed: 'bad',
  paused: 'quiet',
}

/** Lists the webhook endpoints with how they stand, and the events that they refused for good. */
export function WebhooksPage() {
  const words = useWords(webhooksWords)
  const { client } = useOpsSession()
  const found = useQuery({
    queryKey: ['ops', 'lists', 'webhook-endpoints'],
    queryFn: () => valueOf(client.listWebhookEndpoints()),
    refetchInterval: refreshEveryMs,
  })
  const endpoints = found.data?.endpoints ?? []
  return (
    <div className="mx-auto flex max-w-7xl flex-col gap-4">
      <div>
        <h1 className="text-title font-semibold">{words.title}</h1>
        <p className="text-ink-soft">{words.lead}</p>
      </div>
      <EndpointsPanel read={found} endpoints={endpoints} />
      <DeadLettersPanel endpoints={endpoints} />
    </div>
  )
}

interface EndpointsPanelProps {
  readonly read: Parameters<typeof ListPanel>[0]['read']
  readonly endpoints: readonly WebhookEndpoint[]
}

function EndpointsPanel({ read, endpoints }: EndpointsPanelProps) {
  const words = useWords(webhooksWords)
  const { columns } = words
  const format = useFormat()
  const [asked, setAsked] = useState<{ act: EndpointAct; of: WebhookEndpoint } | null>(null)
  const [isCreating, setCreating] = useState(false)
  const ask = (act: EndpointAct) => (of: WebhookEndpoint) => setAsked({ act, of })
  return (
    <>
      <ListPanel<WebhookEndpoint>
        title={words.endpoints}
        empty={{ icon: 'open', title: words.none, advice: words.noneAdvice }}
        read={read}
        rows={endpoints}
        actions={
          <Button size="small" onClick={() => setCreating(true)}>
            <Icon name="plus" />
            {words.create.open}
          </Button>
        }
        nameOf={({ url }) => url}
        keyOf={({ endpointId }) => endpointId}
        columns={[
          {
            name: columns.url,
            renderCell: ({ url, description }) => (
              <>
                <span className="break-all">{url}</span>
                {description && <span className="block text-small text-ink-soft">{description}</span>}
              </>
            ),
            className: 'min-w-56',
          },
          {
            name: columns.state,
            renderCell: (endpoint) => <EndpointState endpoint={endpoint} />,
            className: 'min-w-48',
          },
          {
            name: columns.types,
            renderCell: ({ types }) => (types.length === 0 ? words.allTypes : types.join(', ')),
            className: 'min-w-32',
          },
          {
            name: columns.lastDelivered,
            renderCell: ({ lastDeliveredAt }) => (lastDeliveredAt ? format.dateTime(lastDeliveredAt) : words.never),
            className: 'whitespace-nowrap',
          },
          {
            name: columns.deadLetters,
            renderCell: ({ deadLetters }) => format.count(deadLetters),
            className: 'text-right',
          },
        ]}
        acts={[
          { name: words.acts.pause.name, onAct: ask('pause'), isOffered: ({ state }) => state === 'active' },
          { name: words.acts.resume.name, onAct: ask('resume'), isOffered: ({ state }) => state !== 'active' },
          { name: words.test.name, onAct: ask('test') },
          { name: words.acts.delete.name, onAct: ask('delete') },
        ]}
      />
      {isCreating && <CreateEndpointDialog onClose={() => setCreating(false)} />}
      {asked && <EndpointDialog {...asked} onClose={() => setAsked(null)} />}
    </>
  )
}

function EndpointState({ endpoint }: { readonly endpoint: WebhookEndpoint }) {
  const words = useWords(webhooksWords)
  const format = useFormat()
  const nowMs = useServerNow()
  const { failing } = endpoint
  const standing = standingOf(endpoint)
  return (
    <>
      <Standing look={looks[standing]}>{words.states[standing]}</Standing>
      {failing && (
        <span className="block text-small text-ink-soft">
          {words.failingSince(
            format.longSpan(Math.max(1_000, nowMs - Date.parse(failing.since))),
            format.count(failing.tries),
          )}{' '}
          {failing.nextTryAt && words.nextTry(format.time(failing.nextTryAt))} <FailureText failure={failing.failure} />
        </span>
      )}
    </>
  )
}
