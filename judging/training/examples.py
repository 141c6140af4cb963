#!/usr/bin/env python3
"""Picks the graded answers that language models are shown: of each question one that is good and one with near misses.

Adds the questions that crates/coach/data/graded_answers.json lacks and leaves the others alone, because a reader has set their quotes. The
quotes that it adds are drafts: read them, and correct them. Takes voices that are learnt from, never those that are reported on.
"""

import argparse
import json
import pathlib
import re

import torch

import answers
import data
from model import Reader, Verifier, trained
from train import predict

GRADED_VOICES = ("fay", "finn", "flo")
ENOUGH_WORDS, MOST_WORDS = 4, 25


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("weights", type=pathlib.Path, help="verifier.pt of a training run: it finds the words that make a point")
    options = options.parse_args()
    bank = data.claims()
    path = data.ROOT / "crates/coach/data/graded_answers.json"
    graded = json.loads(path.read_text())
    by_question = {}
    for row in answers.answers(GRADED_VOICES):
        if row["question"] not in graded:
            by_question.setdefault(row["question"], []).append(row)
    chosen = {question: [best(rows, ("strong", "refuting"), good), best(rows, ("twisted", "partial"), near)] for question, rows in by_question.items()}
    model = Verifier()
    model.load_state_dict(trained(options.weights))
    quotes = Quotes(bank, chosen, lambda pairs: predict(model, Reader(), pairs, "cpu"))
    graded |= {question: [quotes.graded(question, row) for row in rows] for question, rows in chosen.items()}
    lines = [f"{json.dumps(question)}: {json.dumps(rows, ensure_ascii=False)}" for question, rows in sorted(graded.items())]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(f"{len(graded)} questions, {path.stat().st_size} bytes")


def best(rows, kinds, value):
    return max((row for row in rows if row["kind"] in kinds), key=value)


def good(row):
    """Many points, nothing wrong or doubtful, and not long."""
    return len(row["hit"]) - 2 * len(row["stated"]) - 0.5 * len(row["half"]) - len(row["answer"].split()) / 100


def near(row):
    """Something wrong or doubtful beside something right."""
    return (row["kind"] == "twisted") + min(1, len(row["hit"])) + len(row["stated"]) + 0.5 * len(row["half"])


def pieces(answer):
    """Parts of sentences."""
    found, piece = [], []
    for word in answer.split():
        piece.append(word)
        if (re.search(r"[.!?,;:]$", word) and len(piece) >= ENOUGH_WORDS) or len(piece) == MOST_WORDS:
            found.append(" ".join(piece))
            piece = []
    if len(piece) >= ENOUGH_WORDS or not found:
        found.append(" ".join(piece))
    return found


class Quotes:
    """For every marked claim of the chosen answers, the piece that states it best."""

    def __init__(self, bank, chosen, judge):
        pairs = []
        for question, rows in chosen.items():
            claims = {claim.id: claim.text for claim in bank[question]}
            pairs += [(claims[id], piece) for row in rows for id in marked(row) if id in claims for piece in pieces(row["answer"])]
        self.bank, self.states = bank, dict(zip(pairs, judge(pairs)[:, data.STATES].tolist()))

    def graded(self, question, row):
        claims = {claim.id: claim.text for claim in self.bank[question]}
        quote = lambda id: max(pieces(row["answer"]), key=lambda piece: self.states[claims[id], piece])
        of = lambda kind: {id: quote(id) for id in row[kind] if id in claims}
        return {"answer": row["answer"], "hit": of("hit"), "unclear": of("half"), "stated": of("stated")}


def marked(row):
    return row["hit"] + row["half"] + row["stated"]


if __name__ == "__main__":
    main()
