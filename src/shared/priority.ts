import { z } from 'zod';

/** From least to most urgent. */
export const PRIORITIES = ['low', 'normal', 'high', 'critical'] as const;
export const prioritySchema = z.enum(PRIORITIES);
export type Priority = z.infer<typeof prioritySchema>;
