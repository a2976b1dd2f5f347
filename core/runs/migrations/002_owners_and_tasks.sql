ALTER TABLE runs ADD COLUMN data TEXT NOT NULL DEFAULT '';   -- fingerprint of what it trains on
ALTER TABLE runs ADD COLUMN device TEXT NOT NULL DEFAULT ''; -- kind that it trains on: cpu, cuda, mps
ALTER TABLE runs ADD COLUMN deleted_at REAL;                 -- seconds since 1970
ALTER TABLE runs ADD COLUMN deleted_by TEXT;                 -- the session that may purge it at once
UPDATE runs SET deleted_at = changed WHERE deleted;
CREATE TABLE tasks (
    key TEXT PRIMARY KEY,             -- names the result by all that it is made from
    work TEXT NOT NULL,               -- JSON
    status TEXT NOT NULL,
    request TEXT,                     -- stop
    owner TEXT,
    progress REAL NOT NULL DEFAULT 0, -- 0 to 1
    message TEXT NOT NULL DEFAULT '',
    created REAL NOT NULL,            -- seconds since 1970
    started REAL
);
