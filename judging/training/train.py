#!/usr/bin/env python3
"""Trains the claim verifier. `--help` says how."""

import argparse
import json
import math
import pathlib
import random
import time

import torch
from torch.nn import functional as F

import answers
import data
from data import Pair
from model import Reader, Verifier, reduced, trained

# The passages of an answer in which a claim is looked for while learning.
MOST_PASSAGES = 3

# Passages that are paired with a claim of another question, an epoch.
STRANGERS = 4000


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("run", type=pathlib.Path, help="folder for the log, checkpoints and the trained weights")
    options.add_argument("--hold-out", action="store_true", help="leave a writer, 20 questions and some claims out, and report on them")
    options.add_argument("--start", type=pathlib.Path, help="weights to go on from, instead of MiniLM's: verifier.pt, or verifier.safetensors of an export")
    options.add_argument("--answers", action="store_true", help="learn from whole answers with point marks too")
    options.add_argument("--voices", nargs="*", help="learn from the answers of these voices, instead of all that are for learning")
    options.add_argument("--share", type=float, default=1.0, help="share of the questions of the voices without quotes, to be quicker")
    options.add_argument("--epochs", type=float, default=3)
    options.add_argument("--batch", type=int, default=64)
    options.add_argument("--rate", type=float, default=1e-4)
    options.add_argument("--others", type=int, default=1, help="claims per line that the line does not state")
    options.add_argument("--phrasings", type=int, default=3, help="phrasings of the bank per claim")
    options.add_argument("--pairs", type=int, default=80_000, help="the most pairs an epoch; each epoch draws its own")
    options.add_argument("--variations", type=float, default=0.25, help="share of the lines that are changed too: refuted, asked, shuffled")
    options.add_argument("--denials", type=int, default=3000, help="lines with one verb denied")
    options.add_argument("--seed", type=int, default=1)
    options = options.parse_args()
    options.run.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(options.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"

    bank, splits = data.claims(), Splits(options.hold_out)
    model = Verifier.from_base()
    if options.start:
        model.load_state_dict(trained(options.start))
    if options.answers:
        splits.look_at_answers(model, options.voices or answers.LEARNT_VOICES, options.share)
    model.words.weight.requires_grad_(False)
    model.places.weight.requires_grad_(False)
    model.to(device)
    reader = Reader()
    log = Log(options)

    epoch_pairs = lambda epoch: splits.pairs(bank, options, epoch)
    steps_per_epoch = len(epoch_pairs(0)) // options.batch
    steps = max(1, int(options.epochs * steps_per_epoch))
    optimizer = optimizer_of(model, options.rate)
    warmup = max(1, steps // 16)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warmup, max(0.0, (steps - step) / max(1, steps - warmup)))
    )
    log(f"{sum(map(len, bank.values()))} claims, {steps_per_epoch * options.batch} pairs an epoch, {steps} steps, on {device}")

    step, epoch = first_step(options.run, model, optimizer, schedule), 0
    epoch = step // steps_per_epoch
    while step < steps:
        batches = by_length(epoch_pairs(epoch), reader, options.batch, options.seed + epoch)
        for batch in batches[step % steps_per_epoch :]:
            if step >= steps:
                break
            began = time.time()
            loss = train_step(model, reader, batch, optimizer, device)
            schedule.step()
            step += 1
            log.step(step, steps, loss, len(batch) / (time.time() - began))
            if step % 500 == 0:
                save(options.run, model, optimizer, schedule, step)
        epoch += 1
        splits.report(model, reader, bank, device, log, f"step {step}")
    torch.save(model.state_dict(), options.run / "verifier.pt")
    log(f"saved {options.run / 'verifier.pt'}")


class Splits:
    """What is trained on, and what is only reported on."""

    def __init__(self, hold_out):
        self.bank = data.claims()
        # What readers copied out of the answers that the regressions are fitted to must not be learnt from either.
        self.lines = [line for line in data.lines(self.bank) if line.writer not in answers.FITTED_VOICES]
        self.quotes = answers.quotes(self.lines)
        self.mirrored = data.mirrors()
        self.questions = data.held_out_questions(self.bank) if hold_out else set()
        self.writer = data.HELD_OUT_WRITER if hold_out else None
        self.holds_claims_out = hold_out
        self.rows = []

    def split(self, line):
        if line.claim.question in self.questions:
            return "questions"
        if self.holds_claims_out and data.is_held_out_claim(line.claim):
            return "claims"
        return "writer" if line.writer == self.writer else "training"

    def pairs(self, bank, options, epoch):
        seed = options.seed * 1000 + epoch
        own = self.lines + list(data.phrasings(bank, seed, options.phrasings))
        own = data.without_hints([line for line in own if self.split(line) == "training"], seed)
        pairs = list(data.pairs_of(own, self.trained_claims(bank), self.mirrored, seed, options.others))
        pairs += data.variations(own, bank, self.mirrored, seed, options.variations)
        # Whole answers are most like what is judged later, and negations are the hardest: all of them are learnt from.
        kept = list(answers.pairs(bank, self.rows, self.questions, seed, self.quotes, MOST_PASSAGES))
        kept += [Pair(line.claim.text, line.text, (line.label,)) for line in own if line.writer in data.WRITERS_OF_NEGATIONS + data.WRITERS_OF_TWINS + answers.QUOTED_VOICES]
        kept += answers.strangers(bank, self.rows, STRANGERS, seed)
        denials = list(data.denials(own, seed))
        kept += random.Random(seed).sample(denials, min(len(denials), options.denials))
        room = max(0, options.pairs - len(kept))
        return kept + random.Random(seed).sample(pairs, min(len(pairs), room))

    def look_at_answers(self, model, voices, share):
        """Finds out where the model to start from sees each claim of each answer that is learnt from."""
        rows = answers.seen(list(answers.answers(voices)))
        is_shared = lambda row: row["voice"] in answers.QUOTED_VOICES or data.number("share " + row["question"]) < share
        rows += answers.seen(list(answers.model_answers(self.bank)))
        self.rows = [row for row in rows if is_shared(row)]
        is_wanted = lambda row, claim: answers.needs_look(row, claim, self.quotes)
        answers.look(self.rows, self.bank, lambda pairs: predict(model, Reader(), pairs, "cpu"), MOST_PASSAGES, is_wanted)

    def trained_claims(self, bank):
        keep = lambda claim: not (self.holds_claims_out and data.is_held_out_claim(claim))
        return {question: [claim for claim in claims if keep(claim)] for question, claims in bank.items()}

    def report(self, model, reader, bank, device, log, when):
        for name in ("writer", "claims", "questions"):
            pairs = [(line.claim.text, line.text, line.label) for line in self.lines if self.split(line) == name]
            if pairs:
                pairs = random.Random(0).sample(pairs, min(2000, len(pairs)))
                chances = predict(model, reader, [pair[:2] for pair in pairs], device)
                labels = torch.tensor([label for *_, label in pairs])
                log(f"{when}, unseen {name}: {figures(chances, labels)}")


def figures(chances, labels):
    """Accuracy, and precision and recall of "states" and "contradicts"."""
    found = chances.argmax(1)
    report = [f"accuracy {(found == labels).float().mean():.3f}"]
    for name, label in (("states", data.STATES), ("contradicts", data.CONTRADICTS)):
        right = ((found == label) & (labels == label)).sum()
        precision, recall = right / (found == label).sum().clamp(min=1), right / (labels == label).sum().clamp(min=1)
        report.append(f"{name} {precision:.3f}/{recall:.3f}")
    return ", ".join(report) + f" of {len(labels)}"


def predict(model, reader, pairs, device, batch=256):
    """The three probabilities of every pair (claim, passage)."""
    model.eval()
    order = sorted(range(len(pairs)), key=lambda number: sum(map(len, pairs[number])))
    chances = torch.zeros(len(pairs), 3)
    with torch.no_grad(), reduced(device):
        for start in range(0, len(order), batch):
            numbers = order[start : start + batch]
            inputs = [tensor.to(device) for tensor in reader.batch([pairs[number] for number in numbers])]
            chances[numbers] = model(*inputs).float().softmax(1).cpu()
    model.train()
    return chances


def train_step(model, reader, batch, optimizer, device):
    inputs = [tensor.to(device) for tensor in reader.batch([(pair.claim, pair.passage) for pair in batch])]
    allowed = torch.zeros(len(batch), 3, dtype=torch.bool)
    for row, pair in enumerate(batch):
        allowed[row, list(pair.labels)] = True
    with reduced(device):
        logits = model(*inputs)
    # Where several labels may be right, they count as one.
    chances = F.log_softmax(logits.float(), 1).masked_fill(~allowed.to(device), -math.inf)
    loss = -chances.logsumexp(1).mean()
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item()


def by_length(pairs, reader, size, seed):
    """Batches of pairs of like length, in random order."""
    rng = random.Random(seed)
    rng.shuffle(pairs)
    chunk = size * 50
    batches = []
    for start in range(0, len(pairs), chunk):
        part = sorted(pairs[start : start + chunk], key=lambda pair: len(reader.pair(pair.claim, pair.passage)[0]))
        batches += [part[first : first + size] for first in range(0, len(part), size)]
    batches = [batch for batch in batches if len(batch) == size]
    rng.shuffle(batches)
    return batches


def optimizer_of(model, rate):
    trained = [(name, weight) for name, weight in model.named_parameters() if weight.requires_grad]
    decays = lambda name: name.endswith("weight") and "norm" not in name
    groups = [
        {"params": [weight for name, weight in trained if decays(name)], "weight_decay": 0.01},
        {"params": [weight for name, weight in trained if not decays(name)], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=rate)


def save(run, model, optimizer, schedule, step):
    state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "schedule": schedule.state_dict(), "step": step}
    torch.save(state, run / "checkpoint.tmp")
    (run / "checkpoint.tmp").rename(run / "checkpoint.pt")


def first_step(run, model, optimizer, schedule):
    """Goes on from the run's checkpoint, if it has one."""
    path = run / "checkpoint.pt"
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    schedule.load_state_dict(state["schedule"])
    return state["step"]


class Log:
    """Prints, and keeps the same lines in the run's folder."""

    def __init__(self, options):
        self.path = options.run / "log.txt"
        self.loss, self.speed = 0.0, 0.0
        self(json.dumps({name: str(value) for name, value in vars(options).items()}))

    def __call__(self, line):
        line = f"{time.strftime('%H:%M:%S')} {line}"
        print(line, flush=True)
        with self.path.open("a") as file:
            file.write(line + "\n")

    def step(self, step, steps, loss, speed):
        share = 0.02 if step > 50 else 1 / step
        self.loss += share * (loss - self.loss)
        self.speed += share * (speed - self.speed)
        if step % 100 == 0 or step in (10, 30):
            self(f"step {step} of {steps}: loss {self.loss:.4f}, {self.speed:.0f} pairs/s")


if __name__ == "__main__":
    main()
