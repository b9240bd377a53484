-- What was put back to how it was, against what the manifests say: held until they agree.
CREATE TABLE reverted (
    address  TEXT PRIMARY KEY NOT NULL,
    reverted TEXT NOT NULL
);
