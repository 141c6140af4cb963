"""Reads what the verifier learns from, and splits it so that no figure can flatter."""

import dataclasses
import hashlib
import pathlib
import random
import re
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
STATES, CONTRADICTS, NEITHER = 0, 1, 2
LABELS = {"+": STATES, "-": CONTRADICTS, "o": NEITHER}

# Questions and claims that nobody trains on, and the writer left out by `--hold-out`.
HELD_OUT_QUESTIONS = 20
HELD_OUT_CLAIMS = 0.06
HELD_OUT_WRITER = "chi"

# Whose lines all state or deny a claim with a negation, or turn it round without one.
WRITERS_OF_NEGATIONS = ("una", "vic", "wes", "xia")

# Whose lines come with twins that turn the relation round, and stories about work.
WRITERS_OF_TWINS = ("abe", "bea", "cal", "dot", "eli", "fern", "gia", "hal", "ivy")


@dataclasses.dataclass(frozen=True)
class Claim:
    question: str
    id: str
    text: str
    is_key_point: bool
    says: tuple[str, ...]
    probe: str


@dataclasses.dataclass(frozen=True)
class Line:
    claim: Claim
    writer: str
    label: int
    text: str


def read(path):
    return tomllib.loads(path.read_text())


def claims():
    """The claims of the bank by question."""
    found = {}
    for path in sorted(ROOT.glob("questions/*/*.toml")):
        question = read(path)
        kinds = (("key_points", True), ("misconceptions", False))
        found[path.stem] = [
            Claim(path.stem, claim["id"], claim.get("summary") or claim["claim"], is_key_point, tuple(claim["says"]), claim["probe"])
            for kind, is_key_point in kinds
            for claim in question.get(kind, [])
        ]
    return found


def lines(bank):
    """The utterances of every writer."""
    for path in sorted(ROOT.glob("judging/data/*/*/*.txt")):
        of_question = {claim.id: claim for claim in bank.get(path.stem, [])}
        claim = None
        for line in path.read_text().splitlines():
            if line.startswith("## "):
                claim = of_question.get(line[3:].strip())
            elif claim and line[:2] in ("+ ", "- ", "o "):
                yield Line(claim, path.parent.name, LABELS[line[0]], line[2:].strip())


def mirrors():
    """Pairs of claims, as (question, id, id), where what is said of one decides the other: listed in judging/data/mirrors.txt."""
    pairs = set()
    for line in (ROOT / "judging/data/mirrors.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            question, one, other = line.split()
            pairs |= {(question, one, other), (question, other, one)}
    return pairs


def number(text):
    """A number from 0 to 1 that depends on the text alone."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6]) / 2**48


def rust():
    return {path.stem for path in ROOT.glob("questions/rust/*.toml")}


def held_out_questions(bank):
    ranked = sorted(bank, key=lambda question: number("question " + question))
    half = HELD_OUT_QUESTIONS // 2
    return set([q for q in ranked if q in rust()][:half] + [q for q in ranked if q not in rust()][:half])


def is_held_out_claim(claim):
    return number(f"claim {claim.question} {claim.id}") < HELD_OUT_CLAIMS


NEGATED = re.compile(r"\b(never|not|no|nobody|none|without|neither|nothing|cannot|nor)\b|n't", re.I)


def without_hints(lines, seed):
    """As many lines that state a claim as lines that contradict one, both with a negation and without: so it tells nothing of the label."""
    rng = random.Random(seed)
    kept = [line for line in lines if line.label == NEITHER]
    for negated in (True, False):
        alike = [line for line in lines if bool(NEGATED.search(line.text)) == negated]
        kinds = [[line for line in alike if line.label == label] for label in (STATES, CONTRADICTS)]
        size = min(map(len, kinds))
        kept += [line for kind in kinds for line in rng.sample(kind, size)]
    return kept


@dataclasses.dataclass(frozen=True)
class Pair:
    claim: str
    passage: str
    labels: tuple[int, ...]  # the labels that may be right; usually one


def pairs_of(own_lines, bank, mirrored, seed, others_per_line):
    """What one pass over the lines trains on: each with its claim, and with other claims of the question that it does not state."""
    rng = random.Random(seed)
    for line in own_lines:
        yield Pair(line.claim.text, line.text, (line.label,))
        others = [
            other
            for other in bank[line.claim.question]
            if other.id != line.claim.id and (line.claim.question, line.claim.id, other.id) not in mirrored
        ]
        if line.label == NEITHER:
            continue
        if line.label == CONTRADICTS:
            # Whoever denies a claim may state one of the other kind.
            others = [other for other in others if other.is_key_point == line.claim.is_key_point]
        for other in rng.sample(others, min(others_per_line, len(others))):
            of_same_kind = other.is_key_point == line.claim.is_key_point
            certain = of_same_kind and line.label == STATES
            yield Pair(other.text, line.text, (NEITHER,) if certain else (CONTRADICTS, NEITHER))


def phrasings(bank, seed, per_claim):
    """The bank's own phrasings of a claim, as lines of the writer `bank`."""
    rng = random.Random(seed)
    for of_question in bank.values():
        for claim in of_question:
            says = [re.sub(r"`", "", text) for text in claim.says]
            for text in rng.sample(says, min(per_claim, len(says))):
                yield Line(claim, "bank", STATES, text)


# How a verb is denied, and how a denial is taken away.
DENIED = (
    ("is", ("isn't", "is not", "is never")), ("are", ("aren't", "are not", "are never")), ("was", ("wasn't", "was never")), ("can", ("can't", "can never")),
    ("will", ("won't", "will never")), ("must", ("must not", "must never")), ("does", ("doesn't", "does not")), ("has", ("never has",)), ("gets", ("never gets",)),
)  # fmt: skip
AFFIRMED_AGAIN = ((r"isn't|is not", "is"), (r"aren't|are not", "are"), (r"can't|cannot|can not", "can"), (r"doesn't|does not", "does"), (r"won't|will not", "will"), (r"\bnever ", "always "))


def denials(own_lines, seed):
    """Lines that state a claim with one verb denied, or with their one denial taken away: whatever they say then, it is not the claim."""
    rng = random.Random(seed + 29)
    for line in own_lines:
        if line.label != STATES:
            continue
        changed = []
        if not NEGATED.search(line.text):
            for verb, denied in DENIED:
                places = [place.start() for place in re.finditer(rf"\b{verb}\b", line.text)]
                # One place only: of several, the wrong one may be denied.
                if len(places) == 1:
                    changed.append(line.text[: places[0]] + rng.choice(denied) + line.text[places[0] + len(verb) :])
        elif len(NEGATED.findall(line.text)) == 1:
            for denied, verb in AFFIRMED_AGAIN:
                if re.search(denied, line.text):
                    changed.append(re.sub(denied, verb, line.text, count=1))
        if changed:
            yield Pair(line.claim.text, rng.choice(changed), (CONTRADICTS, NEITHER))


REFUTED = (
    "people think {}, but that's not true", "i used to believe that {}, and that's wrong", "it's not that {}", "no, it is not the case that {}",
    "a common mistake is to say that {}", "some of my colleagues say {}, they're mistaken", "you might think {}, actually no", "{}, no, that's exactly the misunderstanding",
)  # fmt: skip
AFFIRMED = ("people forget that {}", "what many don't know is that {}", "it's not a detail, {}", "no, really, {}", "you might not expect it, but {}", "i used to doubt it but {}")
UNKNOWN = ("i don't know", "no idea, sorry", "um, that's a good question", "it depends", "what do you mean?", "i'd have to look that up", "something with memory, i think")
OPEN = ("is it so that {}?", "i don't know whether {}", "the question is if {}", "i could say that {} or the opposite, no idea", "please mark that {}", "give me the point that {} anyway")


def variations(own_lines, bank, mirrored, seed, share):
    """Lines changed so that their label is known: refuted, asked, shuffled, turned into lists, and next to others' lines."""
    rng = random.Random(seed + 17)
    by_question = {}
    for line in own_lines:
        by_question.setdefault(line.claim.question, []).append(line)
    pair = lambda line, text, *labels: Pair(line.claim.text, text, labels)
    bare = lambda text: text.rstrip(" .?!,")
    for line in own_lines:
        if rng.random() >= share:
            continue
        words = bare(line.text).split()
        kind = rng.randrange(10)
        if kind == 0 and line.label == STATES:
            yield pair(line, rng.choice(REFUTED).format(bare(line.text)), CONTRADICTS)
        elif kind == 1 and line.label != NEITHER:
            yield pair(line, rng.choice(AFFIRMED).format(bare(line.text)), line.label)
        elif kind == 2 and line.label != NEITHER:
            yield pair(line, rng.choice(OPEN).format(bare(line.text)), NEITHER)
        elif kind == 3 and len(words) > 6:
            rng.shuffle(words)
            yield pair(line, " ".join(words), NEITHER)
        elif kind == 4:
            long = [word for word in words if len(word) > 4]
            yield pair(line, ", ".join(long), NEITHER)
        elif kind in (5, 6):
            # An answer to a follow-up is read together with what was asked.
            yield pair(line, f"{line.claim.probe} {line.text}", line.label)
        elif kind == 7 and line.label == STATES:
            yield pair(line, f"{line.claim.probe} {rng.choice(UNKNOWN)}", NEITHER)
        elif kind > 7:
            # A passage that says two things says each of them.
            other = rng.choice(by_question[line.claim.question])
            pair_id = (line.claim.question, line.claim.id, other.claim.id)
            if other.claim.id != line.claim.id and pair_id not in mirrored and line.label != NEITHER and other.claim.is_key_point == line.claim.is_key_point:
                texts = [bare(line.text), bare(other.text)]
                rng.shuffle(texts)
                yield pair(line, rng.choice(("{}. {}", "{}, and {}", "{} so {}")).format(*texts), line.label)
