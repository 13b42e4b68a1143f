import { answerParent } from '../own-child.ts'
import { arrive } from './arrive.ts'

answerParent(arrive)
