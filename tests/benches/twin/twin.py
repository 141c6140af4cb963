"""The same session over HTTP by FastAPI and SQLite: what a plain implementation in Python costs."""

import json
import os
import sqlite3

import uvicorn
from fastapi import FastAPI, HTTPException

app = FastAPI()
database = sqlite3.connect(os.environ["TWIN_DATABASE"], check_same_thread=False)


def create(session: dict) -> None:
    """Stores a session as Viva gives it: one row, and a row with a document for each turn."""
    head = {name: value for name, value in session.items() if name != "turns"}
    database.execute("create table sessions (id text primary key, document text not null)")
    database.execute("create table turns (session text not null, position integer not null, document text not null)")
    database.execute("create index turns_by_session on turns (session, position)")
    database.execute("insert into sessions values (?, ?)", (session["id"], json.dumps(head)))
    rows = [(session["id"], turn["position"], json.dumps(turn)) for turn in session["turns"]]
    database.executemany("insert into turns values (?, ?, ?)", rows)
    database.commit()


@app.get("/api/v1/sessions/{id}")
async def show(id: str) -> dict:
    row = database.execute("select document from sessions where id = ?", (id,)).fetchone()
    if row is None:
        raise HTTPException(404)
    turns = database.execute("select document from turns where session = ? order by position", (id,))
    return {**json.loads(row[0]), "turns": [json.loads(document) for (document,) in turns]}


if __name__ == "__main__":
    uvicorn.run(app, port=int(os.environ["TWIN_PORT"]), log_level="warning", access_log=False)
