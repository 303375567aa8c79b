import { z } from 'zod';

// The window's policy forbids `new Function`, which zod would otherwise try. It decides when a schema is made, so
// this module is imported before all others.
z.config({ jitless: true });
