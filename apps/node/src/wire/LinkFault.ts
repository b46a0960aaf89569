import { UnavailableError, type ErrorDetails } from '@openledger/protocol'

/** A node, or the way to it, is to blame: it is gone, it stalls, or what it says is not what was ordered. The order can be given to another. */
export class LinkFault extends UnavailableError {
  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(code, message, { action: 'retry', ...details })
  }
}
