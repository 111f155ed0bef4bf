/** Scenarios: test cases of a process in Camunda's CPT JSON, run on the real runtime in memory with a clock that only they move. */
export { coverageOf, type Coverage, type Trace } from './coverage.ts';
export { instruction, scenarioFile, testCase, type Instruction, type TestCase } from './instruction.ts';
export { readServiceFolder, type ScenarioFile, type ServiceFolder } from './read-folder.ts';
export { createRehearsals, type RehearsalLimits } from './rehearsals.ts';
export { runScenario, type ScenarioResult } from './run-scenario.ts';
