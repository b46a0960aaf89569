export * from './build/buildExplorer.ts'
