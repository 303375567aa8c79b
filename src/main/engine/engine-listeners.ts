import { join } from 'node:path';
import type { Settings } from '../../shared/settings.ts';
import type { Clock } from './clock.ts';
import type { Catalog } from './jobs/catalog.ts';
import type { EventHub } from './observe/events.ts';
import { Logs } from './observe/log/logs.ts';
import { SummaryOfMetrics } from './observe/metrics-summary.ts';
import { Metrics, type LiveFigures } from './observe/metrics.ts';
import { SinksInForce } from './observe/telemetry/sinks-in-force.ts';
import { tellTelemetry } from './observe/telemetry/telemetry.ts';
import type { Vault } from './secrets/vault.ts';
import { TelemetryPost } from './telemetry-post.ts';

/** The page of the composition root that puts together who listens to the hub: logs, metrics, telemetry. */

export interface ListenerParts {
  readonly home: string;
  readonly clock: Clock;
  readonly events: EventHub;
  readonly catalog: Pick<Catalog, 'jobs' | 'integrations'>;
  readonly vault: Vault;
  readonly settings: () => Settings;
  readonly mask: (text: string) => string;
  readonly live: () => LiveFigures;
}

export interface Listeners {
  readonly logs: Logs;
  readonly metrics: Metrics;
  readonly summary: SummaryOfMetrics;
  readonly sinks: SinksInForce;
  /** No telemetry is sent to these ports: they are our own. */
  setOwnPorts(ports: readonly number[]): void;
  /** Delivers what is left. The logs, which also hear of the end, are stopped last and apart. */
  stop(): Promise<void>;
}

export function createListeners(parts: ListenerParts): Listeners {
  const { home, clock, events, settings, mask, live } = parts;
  const logs = new Logs({
    clock,
    folder: join(home, 'logs'),
    hub: events,
    mask,
    retention: () => settings().retention,
  });
  const metrics = new Metrics(events, live);
  const summary = new SummaryOfMetrics({ hub: events, clock, live });
  const post = new TelemetryPost(process.env);
  const sinks = createSinks(parts, post);
  const untell = tellTelemetry({
    hub: events,
    clock,
    sink: sinks,
    contextOf: (jobId) => contextOf(parts.catalog, jobId),
  });
  return {
    logs,
    metrics,
    summary,
    sinks,
    setOwnPorts: (ports) => post.setOwnPorts(ports),
    stop: async () => {
      metrics.stop();
      summary.stop();
      untell();
      await sinks.stop();
      await post.close();
    },
  };
}

function createSinks({ home, clock, vault, settings }: ListenerParts, { post }: TelemetryPost) {
  return new SinksInForce({
    clock,
    folder: join(home, 'telemetry'),
    keptDays: () => settings().retention.logDays,
    post,
    secret: (name) => vault.secrets().find((secret) => secret.name === name) ?? null,
  });
}

function contextOf({ jobs, integrations }: ListenerParts['catalog'], jobId: string) {
  const job = jobs.get(jobId)?.definition;
  if (!job) return null;
  const { integrationId, context } = job;
  const { ruleset = null } = integrations.get(integrationId)?.definition ?? {};
  return { ...context, integrationId, ruleset };
}
