-- The refused records of an integration in the order of their ids, without sorting all of them for a page.
CREATE INDEX quarantine_integration ON quarantine (integration);
