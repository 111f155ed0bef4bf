/** The thread in which strangers' diagrams are rehearsed: whatever they do, the server goes on. In: what to rehearse. Out: the answer. */
import { parentPort, workerData } from 'node:worker_threads';
import type { RehearsalRequest } from '../runtime/rehearsal/report.ts';
import type { TestCase } from './instruction.ts';
import { rehearseCases } from './rehearse-cases.ts';

const { request, testCases } = workerData as { readonly request: RehearsalRequest; readonly testCases: readonly TestCase[] };

parentPort?.postMessage(await rehearseCases(request, testCases));
