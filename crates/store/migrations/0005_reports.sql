-- Drift that people put off.
CREATE TABLE snoozes (
    address TEXT PRIMARY KEY NOT NULL,
    snooze  TEXT NOT NULL
);

-- What the last report of a name said, and the moment of its schedule that was seen to last.
CREATE TABLE reports (
    name    TEXT PRIMARY KEY NOT NULL,
    slot_ms BIGINT NOT NULL,
    told    TEXT
);

-- Reports on their way. A row goes when its receiver has it; until then it is tried again at `next_ms`.
CREATE TABLE letters (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    name     TEXT NOT NULL,
    letter   TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_ms  BIGINT NOT NULL,
    trouble  TEXT
);
CREATE INDEX letters_next ON letters (next_ms);
