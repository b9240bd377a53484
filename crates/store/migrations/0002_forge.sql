-- Pull requests as they were last shown, deliveries of webhooks, and people.

-- What is remembered of a pull request between two looks at it. GitHub itself says what it is.
CREATE TABLE pulls (
    repository TEXT NOT NULL,
    number     BIGINT NOT NULL,
    concluded  BIGINT NOT NULL,
    state      TEXT NOT NULL,
    PRIMARY KEY (repository, number)
);

-- Whose plan a plan is, where it is one of a pull request.
CREATE TABLE plan_pulls (
    plan       TEXT PRIMARY KEY NOT NULL,
    repository TEXT NOT NULL,
    number     BIGINT NOT NULL
);

-- Deliveries that came in, by GitHub's id for each. What they concern is looked at anew; they carry nothing.
CREATE TABLE deliveries (
    id      TEXT PRIMARY KEY NOT NULL,
    at_ms   BIGINT NOT NULL,
    concern TEXT NOT NULL,
    done    BIGINT NOT NULL
);
CREATE INDEX deliveries_done ON deliveries (done);

-- The immutable id that a login had when it was first met.
CREATE TABLE logins (
    login TEXT PRIMARY KEY NOT NULL,
    id    BIGINT NOT NULL
);

-- People whose word counts no more.
CREATE TABLE suspended (
    login TEXT PRIMARY KEY NOT NULL,
    entry TEXT NOT NULL
);

-- The pull request that an approval is for, and whether it was merged.
ALTER TABLE approvals ADD COLUMN pull TEXT;
ALTER TABLE approvals ADD COLUMN merged BIGINT NOT NULL DEFAULT 0;
