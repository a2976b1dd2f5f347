CREATE TABLE IF NOT EXISTS runs (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    recipe TEXT NOT NULL,             -- JSON
    status TEXT NOT NULL,
    request TEXT,                     -- what someone asked of the run: pause, stop
    priority INTEGER NOT NULL DEFAULT 0,
    owner TEXT,                       -- the process that trains it
    message TEXT NOT NULL DEFAULT '', -- why it failed, or what it is doing
    created REAL NOT NULL,            -- seconds since 1970
    changed REAL NOT NULL,
    total_steps INTEGER NOT NULL DEFAULT 0,
    steps_per_epoch INTEGER NOT NULL DEFAULT 0,
    done_steps INTEGER NOT NULL DEFAULT 0,
    images_per_second REAL NOT NULL DEFAULT 0,
    seconds REAL NOT NULL DEFAULT 0,  -- of training, without validation
    parameters INTEGER NOT NULL DEFAULT 0,
    precision TEXT NOT NULL DEFAULT '',
    machine TEXT NOT NULL DEFAULT '{}',
    accuracies TEXT NOT NULL DEFAULT '{}',
    best_epoch INTEGER NOT NULL DEFAULT 0,
    notes TEXT NOT NULL DEFAULT '',
    tags TEXT NOT NULL DEFAULT '[]',
    deleted INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS steps (
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    loss REAL, accuracy REAL, learning_rate REAL, gradient_norm REAL,
    PRIMARY KEY (run, step)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS epochs (
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    epoch INTEGER NOT NULL,
    train_loss REAL, train_accuracy REAL, validation_loss REAL, validation_accuracy REAL,
    learning_rate REAL, images_per_second REAL, seconds REAL, best INTEGER,
    PRIMARY KEY (run, epoch)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS events (
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    time REAL NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS events_of_run ON events (run, time);
CREATE INDEX IF NOT EXISTS runs_by_status ON runs (deleted, status, created);
