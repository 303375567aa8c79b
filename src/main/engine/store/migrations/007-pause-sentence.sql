-- Which sentence pause_reason is and what stands in it, as JSON; NULL where a person wrote the reason, or none was given.
ALTER TABLE job_states ADD COLUMN pause_says TEXT;
