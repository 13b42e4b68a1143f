import { SignIn } from '@flash-sale/contract/sign-in'
import { withTestStores } from '@flash-sale/testing/start-test-stores'
import { expect, test } from 'vitest'
import { expectSuccess } from '../testing/expect-answer.fixture.ts'
import { withApi } from '../testing/start-test-api.fixture.ts'

const stores = withTestStores()
const production = withApi({ stores, signInUrl: 'https://accounts.example/sign-in?shop=1' })
const development = withApi({ stores, devTokens: true })

test('anybody can read where buyers sign in', async () => {
  expect(expectSuccess(await production.get('/v1/sign-in'), 200, SignIn)).toEqual({
    url: 'https://accounts.example/sign-in?shop=1',
    makesTokens: false,
  })
  expect(expectSuccess(await development.get('/v1/sign-in'), 200, SignIn)).toEqual({ makesTokens: true })
})
