CREATE TABLE facts (name TEXT PRIMARY KEY, value NOT NULL);

-- Every file, named by the SHA-256 of its bytes. An upload has its own name, and the recipe that it carries.
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
    -- Whoever works on it, and until when that is believed.
    token TEXT,
    lease INTEGER,
    -- Set by who wants it to end.
    stop TEXT,
    problem TEXT
);
CREATE INDEX jobs_by_state ON jobs (state, position);

-- How a dream was after each octave.
CREATE TABLE octaves (
    job INTEGER NOT NULL REFERENCES jobs,
    octave INTEGER NOT NULL,
    picture TEXT NOT NULL REFERENCES pictures,
    PRIMARY KEY (job, octave)
);

-- A dream has the number of its job: there is one, or none.
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
    -- What a search looks through, in lower case.
    words TEXT NOT NULL,
    deleted INTEGER
);
CREATE INDEX dreams_by_time ON dreams (created DESC, id DESC);
