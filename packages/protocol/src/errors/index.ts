export * from './OpenLedgerError.ts'
export * from './classes.ts'
export * from './fail.ts'
