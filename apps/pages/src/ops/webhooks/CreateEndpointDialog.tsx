import type { WebhookEndpoint } from '@flash-sale/contract/webhooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { CopyButton } from '../../design/CopyButton.tsx'
import { Field } from '../../design/Field.tsx'
import { Loading } from '../../design/Loading.tsx'
import { useWords } from '../../language/words.ts'
import { problemOfError, valueOf } from '../../server/problem.ts'
import { randomKey } from '../../server/random-key.ts'
import { ActDialog } from '../acts/ActDialog.tsx'
import { ReadProblem } from '../ReadProblem.tsx'
import { useOpsSession } from '../session/OpsSession.ts'
import { isEndpointUrl } from './endpoint-url.ts'
import { webhooksWords } from './webhooks-words.ts'

const urlMax = 2_000
const descriptionMax = 200

/** Creates a webhook endpoint, and then shows its secret once. */
export function CreateEndpointDialog({ onClose }: { readonly onClose: () => void }) {
  const words = useWords(webhooksWords).create
  const { client } = useOpsSession()
  const [url, setUrl] = useState('')
  const [description, setDescription] = useState('')
  const [isUrlWrong, setUrlWrong] = useState(false)
  // Another address or description is another request, which needs a key of its own.
  const [key, setKey] = useState(randomKey)
  const body = { url: url.trim(), ...(description.trim() && { description: description.trim() }) }
  const check = () => {
    setUrlWrong(!isEndpointUrl(body.url))
    return isEndpointUrl(body.url)
  }
  return (
    <ActDialog<WebhookEndpoint>
      title={words.open}
      about={words.about}
      name={words.name}
      check={check}
      takesReason
      perform={({ reason }) => client.createWebhookEndpoint(body, { idempotencyKey: key, reason })}
      did={tellCreated}
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
    </ActDialog>
  )
}

function tellCreated({ endpointId }: WebhookEndpoint) {
  return <CreatedEndpoint endpointId={endpointId} />
}

/** Tells the secret of a new endpoint. The page forgets it with the dialog. */
function CreatedEndpoint({ endpointId }: { readonly endpointId: number }) {
  const words = useWords(webhooksWords).create
  const { client } = useOpsSession()
  const read = useQuery({
    queryKey: ['ops', 'webhook-secret', endpointId],
    queryFn: () => valueOf(client.readWebhookSecret(endpointId)),
    staleTime: Infinity,
    gcTime: 0,
  })
  return (
    <>
      {words.did}
      {read.isPending && <Loading />}
      {read.isError && <ReadProblem problem={problemOfError(read.error)} onRetry={() => void read.refetch()} />}
      {read.isSuccess && <Secret secret={read.data.secret} />}
    </>
  )
}

function Secret({ secret }: { readonly secret: string }) {
  const words = useWords(webhooksWords).create
  return (
    <div className="my-2 flex flex-col gap-1">
      <p className="text-small font-medium">{words.secret}</p>
      <p className="flex flex-wrap items-center gap-2">
        <code className="min-w-0 font-mono break-all select-all">{secret}</code>
        <CopyButton text={secret} label={words.copySecret} />
      </p>
      <p className="text-small">{words.secretAdvice}</p>
    </div>
  )
}
