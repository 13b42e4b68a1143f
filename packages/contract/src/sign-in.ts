import { Type, type Static } from 'typebox'
import { closedObject } from './fields.ts'

/** The parameter of the sign-in's address that holds the address to come back to. */
export const returnParameter = 'return_to'

export const SignIn = closedObject(
  {
    url: Type.Optional(
      Type.String({ description: 'Where buyers sign in: `SIGN_IN_URL`. Absent: the service does not know.' }),
    ),
    makesTokens: Type.Boolean({ description: 'Anybody may make a token here, as in development.' }),
  },
  'How buyers sign in.',
)
export type SignIn = Static<typeof SignIn>
