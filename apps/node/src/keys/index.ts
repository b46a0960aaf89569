export { ensureKey, readKey } from './keyFile.ts'
export { operatorToken, sameSecret } from './operatorToken.ts'
