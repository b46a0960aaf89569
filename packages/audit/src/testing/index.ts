export { court, disputeWorld, type Plant } from './disputeWorld.ts'
export { plantedFrauds } from './plantedFrauds.ts'
