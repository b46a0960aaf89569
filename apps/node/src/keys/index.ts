export { ensureKey, readKey } from './keyFile.ts'
export { operatorToken } from './operatorToken.ts'
