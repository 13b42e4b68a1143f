import { answerParent } from '../own-child.ts'
import { pressConnections } from './press-connections.ts'

answerParent(pressConnections)
