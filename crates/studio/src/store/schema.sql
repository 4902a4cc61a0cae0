CREATE TABLE facts (name TEXT PRIMARY KEY, value NOT NULL);

-- Every file, named by the SHA-256 of its bytes. An upload also has the user's name for it, and its recipe if it has one.
CREATE TABLE pictures (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    created INTEGER NOT NULL,
    recipe TEXT
);

CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    state TEXT NOT NULL,
    position REAL NOT NULL,
    name TEXT NOT NULL,
    photo TEXT NOT NULL REFERENCES pictures,
    recipe TEXT NOT NULL,
    look TEXT NOT NULL,
    size INTEGER,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    parent INTEGER,
    created INTEGER NOT NULL,
    started INTEGER,
    finished INTEGER,
    -- The worker that claimed it, and when the claim expires.
    token TEXT,
    lease INTEGER,
    -- The request to stop it.
    stop TEXT,
    problem TEXT
);
CREATE INDEX jobs_by_state ON jobs (state, position);

-- The picture of a dream after each octave.
CREATE TABLE octaves (
    job INTEGER NOT NULL REFERENCES jobs,
    octave INTEGER NOT NULL,
    picture TEXT NOT NULL REFERENCES pictures,
    PRIMARY KEY (job, octave)
);

-- A dream has the id of its job; a job has at most one dream.
CREATE TABLE dreams (
    id INTEGER PRIMARY KEY REFERENCES jobs,
    name TEXT NOT NULL,
    created INTEGER NOT NULL,
    photo TEXT NOT NULL REFERENCES pictures,
    picture TEXT NOT NULL REFERENCES pictures,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    filter TEXT NOT NULL,
    model TEXT NOT NULL,
    seed TEXT NOT NULL,
    recipe TEXT NOT NULL,
    look TEXT NOT NULL,
    size INTEGER,
    seconds REAL NOT NULL,
    favourite INTEGER NOT NULL DEFAULT 0,
    parent INTEGER,
    stopped INTEGER NOT NULL,
    classes TEXT NOT NULL,
    -- The text that a search covers, in lower case.
    words TEXT NOT NULL,
    deleted INTEGER
);
CREATE INDEX dreams_by_time ON dreams (created DESC, id DESC);
