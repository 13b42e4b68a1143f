import type {
  DeadLetter,
  DeletedWebhookEndpoint,
  WebhookEndpoint,
  WebhookTest,
  WorkedOffDeadLetter,
} from '@flash-sale/contract/webhooks'
import { useWords } from '../../language/words.ts'
import { ActDialog } from '../acts/ActDialog.tsx'
import { useOpsSession } from '../session/OpsSession.ts'
import { webhooksWords } from './webhooks-words.ts'

export type EndpointAct = 'pause' | 'resume' | 'test' | 'delete'

export interface EndpointDialogProps {
  readonly act: EndpointAct
  readonly of: WebhookEndpoint
  readonly onClose: () => void
}

/** Pauses, resumes or deletes an endpoint, or sends it a test message. */
export function EndpointDialog({ act, of, onClose }: EndpointDialogProps) {
  const words = useWords(webhooksWords)
  const { client } = useOpsSession()
  if (act === 'test') {
    return (
      <ActDialog<WebhookTest>
        title={words.test.title(of.url)}
        about={words.test.about}
        name={words.test.name}
        perform={(options) => client.testWebhookEndpoint(of.endpointId, options)}
        did={({ isDelivered, failure = '?' }) => words.test.did(isDelivered ? undefined : failure)}
        onClose={onClose}
      />
    )
  }
  const { name, title: titleOf, about, did } = words.acts[act]
  const { pauseWebhookEndpoint, resumeWebhookEndpoint, deleteWebhookEndpoint } = client
  const perform = { pause: pauseWebhookEndpoint, resume: resumeWebhookEndpoint, delete: deleteWebhookEndpoint }[act]
  return (
    <ActDialog<WebhookEndpoint | DeletedWebhookEndpoint>
      title={titleOf(of.url)}
      about={about}
      name={name}
      danger={act === 'delete'}
      takesReason
      perform={(options) => perform(of.endpointId, options)}
      did={() => did}
      onClose={onClose}
    />
  )
}

export type LetterAct = 'replay' | 'discard'

export interface LetterDialogProps {
  readonly act: LetterAct
  readonly of: DeadLetter
  readonly onClose: () => void
}

/** Sends an event once more that an endpoint refused, or takes it off the list. */
export function LetterDialog({ act, of, onClose }: LetterDialogProps) {
  const { name, title, about, did } = useWords(webhooksWords).acts[act]
  const { client } = useOpsSession()
  const perform = { replay: client.replayDeadLetter, discard: client.discardDeadLetter }[act]
  return (
    <ActDialog<WorkedOffDeadLetter>
      title={title(of.eventId)}
      about={about}
      name={name}
      danger={act === 'discard'}
      takesReason
      perform={(options) => perform(of.deadLetterId, options)}
      did={() => did}
      onClose={onClose}
    />
  )
}
