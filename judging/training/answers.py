"""Whole answers with point marks, as the program cuts them into passages."""

import json
import pathlib
import random
import re
import subprocess

import data

# Of whose answers readers copied the words that make each point.
QUOTED_VOICES = (
    "remy", "rosa", "ruth", "raj", "sven", "sara", "seth", "suki", "tess", "theo", "tara", "tom", "tina", "ted", "toni", "tim",
    "gil", "gus", "gwen", "paul", "pam", "pete", "peg", "uma", "ulf", "ugo", "ute",
    "vera", "vito", "wade", "wilma", "xena", "yan", "zoe", "zack",
    "lara", "liam", "luca", "mona", "milo", "noah", "nina", "nils", "paula", "rolf",
    "anke", "bert", "cora", "dirk", "elsa", "fritz", "gerd", "heidi", "ingo", "jutta", "karl", "lotte",
)  # fmt: skip

# To whose answers the coach's regressions and thresholds are fitted, so the verifier must not learn from them.
FITTED_VOICES = ("gus", "pam", "peg", "ulf", "ute", "omar", "otis", "vera", "wilma", "xena", "zack")

# Whose answers the verifier learns from; those of the voices that are in neither list are for reporting only.
LEARNT_VOICES = (
    "fay", "finn", "flo", "hana", "ivo", "jon", "kay", "olga", "odile",
    *(voice for voice in QUOTED_VOICES if voice not in FITTED_VOICES),
)  # fmt: skip

# Answers that quote no wrong beliefs: what they hold, no passage of them denies.
PLAIN = ("model", "strong", "partial")


def answers(voices=None):
    """The marked answers: dictionaries with question, voice, kind, answer, hit, half, stated."""
    for path in sorted(data.ROOT.glob("judging/answers/*/*/*.txt")):
        voice = path.parent.name
        if voices and voice not in voices or not path.with_suffix(".marks").exists():
            continue
        marks = {}
        for line in path.with_suffix(".marks").read_text().splitlines():
            kind, *lists = line.split()
            marks[kind] = {name: ids.split(",") if ids else [] for name, ids in (part.split("=") for part in lists)}
        for kind, text in re.findall(r"^## (\w+)\n(.+)$", path.read_text(), flags=re.M):
            yield {"question": path.stem, "voice": voice, "kind": kind, "answer": text.strip(), **marks[kind]}


def model_answers(bank):
    """The bank's own answers, which make every key point."""
    for path in sorted(data.ROOT.glob("questions/*/*.toml")):
        hit = [claim.id for claim in bank[path.stem] if claim.is_key_point]
        text = " ".join(data.read(path)["model_answer"].split())
        yield {"question": path.stem, "voice": "bank", "kind": "model", "answer": text, "hit": hit, "half": [], "stated": []}


def elsewhere(rows):
    """A third of the answers, as if each answered another question of its subject: that makes no claim of it."""
    rng = random.Random(5)
    subjects = {path.stem: path.parent for path in data.ROOT.glob("questions/*/*.toml")}
    for row in rng.sample(rows, len(rows) // 3):
        others = [question for question, subject in sorted(subjects.items()) if subject == subjects[row["question"]] and question != row["question"]]
        yield {**row, "question": rng.choice(others), "kind": "elsewhere", "hit": [], "half": [], "stated": []}


def seen(rows):
    """The rows with `seen`: the passages that the program cuts them into, and how like each claim each of them is."""
    given = "".join(json.dumps(row) + "\n" for row in rows)
    command = ["cargo", "run", "--quiet", "--release", "-p", "coach", "--example", "examine"]
    made = subprocess.run(command, input=given, stdout=subprocess.PIPE, check=True, cwd=data.ROOT, text=True)
    return [json.loads(line) for line in made.stdout.splitlines()]


def chosen(row, claim, most):
    """The passages in which the program looks for the claim: the `most` that are most like it, and the first."""
    likeness = [of_passage[claim] for of_passage in row["seen"]["likeness"]]
    found = sorted(range(len(likeness)), key=lambda number: -likeness[number])[:most]
    return found if 0 in found or not likeness else [*found, 0]


def look(rows, bank, predict, most, is_wanted=lambda row, claim: True):
    """Adds to each row its `verdicts`: by claim, what the verifier says of each chosen passage; empty for a claim that is not wanted."""
    pairs, places = [], []
    for row in rows:
        row["verdicts"] = [{} for _ in bank[row["question"]]]
        for number, claim in enumerate(bank[row["question"]]):
            for passage in chosen(row, number, most) if is_wanted(row, claim) else ():
                places.append((row["verdicts"][number], passage))
                pairs.append((claim.text, row["seen"]["passages"][passage]))
    for (verdicts, passage), chances in zip(places, predict(pairs).tolist()):
        verdicts[passage] = chances


def quotes(lines):
    """The words with which the quoted voices make claims, by voice, question and claim: their readers copied them, and they stand in judging/data."""
    found = {}
    for line in lines:
        if line.writer in QUOTED_VOICES and line.label == data.STATES:
            found.setdefault((line.writer, line.claim.question, line.claim.id), []).append(line.text)
    return found


def quoted(row, claim, found):
    """The passage that has most of the words with which the answer makes the claim, if a reader copied them."""
    said = [text for text in found.get((row["voice"], row["question"], claim.id), []) if text in row["answer"]]
    if not said:
        return None
    words = lambda text: re.findall(r"[a-z0-9']+", text.lower())
    wanted = set(words(said[0]))
    share = lambda passage: len(wanted & set(words(passage))) / max(1, len(wanted)) - 0.002 * len(words(passage))
    return max(row["seen"]["passages"], key=share)


def strangers(bank, rows, count, seed):
    """Passages of answers beside claims of any question, which they say nothing of, but for chance."""
    rng = random.Random(seed + 41)
    questions = sorted(bank)
    for row in rng.sample(rows, min(count, len(rows))):
        question = rng.choice(questions)
        if row["seen"]["passages"] and question != row["question"]:
            yield data.Pair(rng.choice(bank[question]).text, rng.choice(row["seen"]["passages"]), (data.CONTRADICTS, data.NEITHER))


def needs_look(row, claim, found):
    """Whether only the verifier can say which passage makes the claim: the answer makes it, and no reader copied the words."""
    return claim.id in row["hit"] + row["stated"] and not quoted(row, claim, found)


def pairs(bank, rows, held_out, seed, found, most):
    """What whole answers teach: where a hit point is said best, that no passage says a point that was not made, nor denies one that was.

    `rows` have `verdicts` of the claims that `needs_look` names: the three probabilities of every passage that was looked at.
    """
    rng = random.Random(seed)
    for row in rows:
        if row["question"] in held_out:
            continue
        for number, claim in enumerate(bank[row["question"]]):
            if claim.id in row["half"] or (held_out and data.is_held_out_claim(claim)):
                continue
            text = lambda passage: row["seen"]["passages"][passage]
            if claim.id in row["hit"] + row["stated"]:
                passage = quoted(row, claim, found)
                if passage:
                    yield data.Pair(claim.text, passage, (data.STATES,))
                    continue
                verdicts = row["verdicts"][number]
                if not verdicts:
                    continue
                ranked = sorted(verdicts, key=lambda passage: -verdicts[passage][data.STATES])
                # Two neighbouring passages read as one often say it too, but only the best is certain.
                if verdicts[ranked[0]][data.STATES] > 0.15:
                    yield data.Pair(claim.text, text(ranked[0]), (data.STATES,))
                if row["kind"] in PLAIN:
                    denying = max(verdicts, key=lambda passage: verdicts[passage][data.CONTRADICTS])
                    if denying != ranked[0] and verdicts[denying][data.CONTRADICTS] > 0.15:
                        yield data.Pair(claim.text, text(denying), (data.STATES, data.NEITHER))
            else:
                alike = chosen(row, number, most)
                for passage in rng.sample(alike, min(2, len(alike))):
                    yield data.Pair(claim.text, text(passage), (data.CONTRADICTS, data.NEITHER))
