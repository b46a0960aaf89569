export * from './OpenLedgerLanguageModel.ts'
export * from './OpenLedgerMetadata.ts'
export * from './OpenLedgerOptions.ts'
export * from './createOpenLedger.ts'
