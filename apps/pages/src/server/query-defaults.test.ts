import { onlineManager, QueryClient, QueryObserver } from '@tanstack/react-query'
import { expect, onTestFinished, test, vi } from 'vitest'
import { queryDefaults } from './query-defaults.ts'

test.each([undefined, 'known'])(
  'what could not be read without a network is read again once the network is back; known before: %s',
  async (initialData) => {
    const client = new QueryClient({ defaultOptions: queryDefaults })
    client.mount()
    onTestFinished(() => client.unmount())
    let isNetworkThere = false
    const observer = new QueryObserver<string>(client, {
      queryKey: ['sign-in'],
      queryFn: () => (isNetworkThere ? 'read' : Promise.reject(new Error('No network.'))),
      retry: false,
      staleTime: Infinity,
      ...(initialData && { initialData }),
    })
    onTestFinished(observer.subscribe(() => {}))
    onTestFinished(() => onlineManager.setOnline(true))
    onlineManager.setOnline(false)
    await observer.refetch()
    expect(observer.getCurrentResult()).toMatchObject({ isError: true, fetchStatus: 'idle' })
    isNetworkThere = true
    onlineManager.setOnline(true)
    await vi.waitFor(() => expect(observer.getCurrentResult()).toMatchObject({ isError: false, data: 'read' }))
  },
)
