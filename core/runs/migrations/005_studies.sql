CREATE TABLE studies (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    definition TEXT NOT NULL,         -- JSON
    status TEXT NOT NULL,             -- queued, running, paused, stopped, finished, failed
    request TEXT,                     -- pause, stop
    owner TEXT,                       -- the process that drives it
    message TEXT NOT NULL DEFAULT '',
    created REAL NOT NULL             -- seconds since 1970
);
CREATE TABLE trials (
    study TEXT NOT NULL REFERENCES studies (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    name TEXT NOT NULL,
    setting TEXT NOT NULL,            -- JSON: what it sets, by the fields' paths
    status TEXT NOT NULL,             -- running, finished, pruned, failed
    value REAL,                       -- what it reached of the goal
    message TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (study, number)
) WITHOUT ROWID;
CREATE INDEX trials_by_status ON trials (study, status, value);
CREATE TABLE trial_runs (
    study TEXT NOT NULL,
    trial INTEGER NOT NULL,
    seed INTEGER NOT NULL,
    run TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (study, trial, seed),
    FOREIGN KEY (study, trial) REFERENCES trials (study, number) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX trials_of_run ON trial_runs (run)
