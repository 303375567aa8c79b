/** The four hues of status, and the accent for what is under way. */
export type Tone = 'success' | 'attention' | 'failure' | 'neutral' | 'active';
