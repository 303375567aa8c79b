import type { DemoKit } from '../engine/demo.ts';
import { startDemoApi } from './demo-api.ts';
import { DEMO_INTEGRATION_ID, DEMO_JOB_ID, demoIntegration, demoJob } from './demo-definitions.ts';

/** What the engine is handed so that "Try the demo" works in the desktop app, headless, and in tests. */
export const demoKit: DemoKit = {
  start: (port) => startDemoApi({ port }),
  integration: (url) => ({ ...demoIntegration(url), id: DEMO_INTEGRATION_ID }),
  job: () => ({ ...demoJob(), id: DEMO_JOB_ID }),
};
