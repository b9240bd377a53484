-- Freezes and windows that somebody broke open, by tenant; the newest of each.
CREATE TABLE break_glass (
    tenant TEXT PRIMARY KEY NOT NULL,
    glass  TEXT NOT NULL
);

-- Since when a lease is held by whoever holds it.
ALTER TABLE leases ADD COLUMN since_ms BIGINT NOT NULL DEFAULT 0;
