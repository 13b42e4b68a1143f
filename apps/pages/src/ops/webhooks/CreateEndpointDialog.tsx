import { orderEventTypes, type OrderEventType } from '@flash-sale/contract/order-events'
import type { WebhookEndpoint } from '@flash-sale/contract/webhooks'
import { useState } from 'react'
import { Field } from '../../design/Field.tsx'
import { useWords } from '../../language/words.ts'
import { randomKey } from '../../server/random-key.ts'
import { ActDialog } from '../acts/ActDialog.tsx'
import { useOpsSession } from '../session/OpsSession.ts'
import { EndpointSecret } from './EndpointSecret.tsx'
import { isEndpointUrl } from './endpoint-url.ts'
import { EventTypesField } from './EventTypesField.tsx'
import { webhooksWords } from './webhooks-words.ts'

const urlMax = 2_000
const descriptionMax = 200

/** Creates a webhook endpoint, and then shows its secret once. */
export function CreateEndpointDialog({ onClose }: { readonly onClose: () => void }) {
  const words = useWords(webhooksWords).create
  const { client } = useOpsSession()
  const [url, setUrl] = useState('')
  const [description, setDescription] = useState('')
  const [types, setTypes] = useState<readonly OrderEventType[]>(orderEventTypes)
  const [isUrlWrong, setUrlWrong] = useState(false)
  const [isTypeMissing, setTypeMissing] = useState(false)
  // Another address, description or choice is another request, which needs a key of its own.
  const [key, setKey] = useState(randomKey)
  const body = {
    url: url.trim(),
    ...(description.trim() && { description: description.trim() }),
    // Without a choice the endpoint is told of all types, also of later ones.
    ...(types.length < orderEventTypes.length && { types: [...types] }),
  }
  const check = () => {
    setUrlWrong(!isEndpointUrl(body.url))
    setTypeMissing(types.length === 0)
    return isEndpointUrl(body.url) && types.length > 0
  }
  return (
    <ActDialog<WebhookEndpoint>
      title={words.open}
      about={words.about}
      name={words.name}
      check={check}
      takesReason
      perform={({ reason }) => client.createWebhookEndpoint(body, { idempotencyKey: key, reason })}
      did={() => words.did}
      gives={giveSecret}
      onClose={onClose}
    >
      <Field
        label={words.url}
        hint={words.urlHint}
        error={isUrlWrong ? words.urlWrong : undefined}
        type="url"
        inputMode="url"
        autoComplete="off"
        spellCheck={false}
        maxLength={urlMax}
        data-focus-first
        value={url}
        onChange={({ target }) => {
          setUrl(target.value)
          setUrlWrong(false)
          setKey(randomKey())
        }}
      />
      <Field
        label={words.description}
        hint={words.descriptionHint}
        autoComplete="off"
        maxLength={descriptionMax}
        value={description}
        onChange={({ target }) => {
          setDescription(target.value)
          setKey(randomKey())
        }}
      />
      <EventTypesField
        chosen={types}
        error={isTypeMissing ? words.typesMissing : undefined}
        onChoose={(chosen) => {
          setTypes(chosen)
          setTypeMissing(false)
          setKey(randomKey())
        }}
      />
    </ActDialog>
  )
}

function giveSecret({ endpointId }: WebhookEndpoint) {
  return <EndpointSecret endpointId={endpointId} />
}
