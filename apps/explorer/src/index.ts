export * from './bundle/buildExplorer.ts'
