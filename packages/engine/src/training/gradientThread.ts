import { parentPort, workerData } from 'node:worker_threads'
import { GradientWorker, type GradientWork } from './GradientWorker.ts'

// Body of a gradient worker thread: answers {step, parts} with the losses of these parts.
const worker = new GradientWorker((workerData as { data: GradientWork }).data)
parentPort!.on('message', (message: { step: number; parts: number[] } | 'evaluate') => {
  parentPort!.postMessage(message === 'evaluate' ? worker.evaluate() : worker.run(message.step, message.parts))
})
