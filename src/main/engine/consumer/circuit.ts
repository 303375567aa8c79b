/**
 * The circuit of one origin, as pure transitions:
 *
 *     closed --5 transient failures in a row--> open --time--> half-open --success--> closed
 *                                                ^                |
 *                                                +----failure-----+   (for twice as long, at most 5 minutes)
 *
 * Half-open lets one probe through; everybody else waits for what comes of it. Any answer that is not a transient
 * failure proves that the origin is alive, also a refusal.
 */
export type Circuit =
  | { readonly state: 'closed'; readonly failures: number }
  | { readonly state: 'open'; readonly until: number; readonly forMs: number }
  | { readonly state: 'half-open'; readonly forMs: number };

const SECOND = 1000;
const MINUTE = 60 * SECOND;

export const FAILURES_TO_OPEN = 5;
export const FIRST_OPEN_MS = 10 * SECOND;
export const LONGEST_OPEN_MS = 5 * MINUTE;

export const CLOSED: Circuit = { state: 'closed', failures: 0 };

/** `now` is monotonic, in ms. */
export function afterFailure(circuit: Circuit, now: number): Circuit {
  switch (circuit.state) {
    case 'closed': {
      const failures = circuit.failures + 1;
      return failures < FAILURES_TO_OPEN ? { state: 'closed', failures } : open(FIRST_OPEN_MS, now);
    }
    case 'half-open':
      return open(Math.min(circuit.forMs * 2, LONGEST_OPEN_MS), now);
    // A request that was under way when the circuit opened says nothing new.
    case 'open':
      return circuit;
  }
}

export function afterSuccess(): Circuit {
  return CLOSED;
}

/** Called for the probe, once `until` has passed. */
export function probing(circuit: Circuit): Circuit {
  return circuit.state === 'open' ? { state: 'half-open', forMs: circuit.forMs } : circuit;
}

function open(forMs: number, now: number): Circuit {
  return { state: 'open', until: now + forMs, forMs };
}
