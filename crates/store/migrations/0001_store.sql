-- The store of Aplomo. Documents are JSON texts; columns beside them exist only to be searched by.
-- `*_ms` are milliseconds since 1970 (UTC). Truth values are 0 and 1.

-- Facts about this store: installation, generation.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
);

-- What was last applied at each address.
CREATE TABLE ledger (
    address TEXT PRIMARY KEY NOT NULL,
    tenant  TEXT NOT NULL,
    entry   TEXT NOT NULL
);

-- Removals, for the guards that look back 24 hours.
CREATE TABLE removals (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms   BIGINT NOT NULL,
    removal TEXT NOT NULL
);
CREATE INDEX removals_at ON removals (at_ms);

-- Writes that are stopped, by pattern.
CREATE TABLE holds (
    what TEXT PRIMARY KEY NOT NULL,
    hold TEXT NOT NULL
);

-- Changes that did not converge.
CREATE TABLE quarantine (
    address TEXT PRIMARY KEY NOT NULL,
    entry   TEXT NOT NULL
);

-- What was last seen per type and scope (`scope` is canonical JSON).
CREATE TABLE baselines (
    type_name TEXT NOT NULL,
    scope     TEXT NOT NULL,
    seen      BIGINT NOT NULL,
    PRIMARY KEY (type_name, scope)
);

-- When drift at an address was first seen.
CREATE TABLE first_seen (
    address TEXT PRIMARY KEY NOT NULL,
    at      TEXT NOT NULL
);

-- Plans: the head is the plan without its changes, which are rows so that one is found by its digest.
CREATE TABLE plans (
    digest TEXT PRIMARY KEY NOT NULL,
    source TEXT NOT NULL,
    put_ms BIGINT NOT NULL,
    head   TEXT NOT NULL
);
CREATE INDEX plans_put ON plans (put_ms);
CREATE TABLE plan_changes (
    plan   TEXT NOT NULL REFERENCES plans (digest) ON DELETE CASCADE,
    place  BIGINT NOT NULL,
    digest TEXT NOT NULL,
    change TEXT NOT NULL,
    PRIMARY KEY (plan, place)
);
CREATE INDEX plan_changes_digest ON plan_changes (digest);

-- Runs: the document is the run without its outcomes. `unfinished` until it ended for good.
CREATE TABLE runs (
    id         TEXT PRIMARY KEY NOT NULL,
    source     TEXT NOT NULL,
    plan       TEXT NOT NULL REFERENCES plans (digest),
    approvals  TEXT NOT NULL,
    started_ms BIGINT NOT NULL,
    unfinished BIGINT NOT NULL,
    run        TEXT NOT NULL
);
CREATE INDEX runs_started ON runs (started_ms);
CREATE INDEX runs_plan ON runs (plan);
CREATE TABLE outcomes (
    run     TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    address TEXT NOT NULL,
    status  TEXT NOT NULL,
    outcome TEXT NOT NULL,
    PRIMARY KEY (run, address)
);

-- The journal: a row before each call that writes. `pending` until we know what became of it.
CREATE TABLE intents (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    run     TEXT NOT NULL,
    at      TEXT NOT NULL,
    intent  TEXT NOT NULL,
    outcome TEXT,
    pending BIGINT NOT NULL
);
CREATE INDEX intents_pending ON intents (pending, run);

-- Approvals: the document is the approval without its effects, which are rows because each is spent alone.
CREATE TABLE approvals (
    id         TEXT PRIMARY KEY NOT NULL,
    tenant     TEXT NOT NULL,
    expires_ms BIGINT NOT NULL,
    revoked    TEXT,
    why        TEXT,
    approval   TEXT NOT NULL
);
CREATE INDEX approvals_tenant ON approvals (tenant);
CREATE TABLE approval_effects (
    approval TEXT NOT NULL REFERENCES approvals (id) ON DELETE CASCADE,
    digest   TEXT NOT NULL,
    resolved TEXT,
    spent    BIGINT NOT NULL,
    PRIMARY KEY (approval, digest)
);
CREATE INDEX approval_effects_digest ON approval_effects (digest);

-- Sources: the last accepted head, and the hold where one stands.
CREATE TABLE sources (
    name     TEXT PRIMARY KEY NOT NULL,
    accepted TEXT,
    held     TEXT
);

-- Leases. A row stays when its lease is given back: its fence must never count backwards.
CREATE TABLE leases (
    scope    TEXT PRIMARY KEY NOT NULL,
    holder   TEXT,
    fence    BIGINT NOT NULL,
    until_ms BIGINT NOT NULL
);

-- Public keys that signed, in order.
CREATE TABLE audit_keys (
    place  BIGINT PRIMARY KEY NOT NULL,
    public TEXT NOT NULL
);

-- The audit log: one chain per tenant. `actor` and `payload` are canonical JSON (RFC 8785).
CREATE TABLE audit (
    tenant    TEXT NOT NULL,
    seq       BIGINT NOT NULL,
    at        TEXT NOT NULL,
    kind      TEXT NOT NULL,
    actor     TEXT NOT NULL,
    payload   TEXT NOT NULL,
    prev      TEXT NOT NULL,
    hash      TEXT NOT NULL,
    key_id    TEXT NOT NULL,
    signature TEXT NOT NULL,
    PRIMARY KEY (tenant, seq)
);
CREATE INDEX audit_hash ON audit (hash);

-- Append-only. Who drops these triggers is found by `audit verify`.
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
