#!/usr/bin/env python3
"""Teaches the lines of one writer, and holds the weights to what they said of everything else.

Each batch has ten of the writer's lines, as they are and beside other sentences, and forty pairs on which the answers of the weights to start from
count as right: Li and Hoiem, "Learning without Forgetting", 2016, https://arxiv.org/abs/1606.09282.
"""

import argparse
import pathlib
import random

import torch
from torch.nn import functional as F

import answers
import data
from model import Reader, Verifier, trained
from train import optimizer_of, predict


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("start", type=pathlib.Path, help="weights to go on from: verifier.pt, or verifier.safetensors of an export")
    options.add_argument("out", type=pathlib.Path)
    options.add_argument("--writer", default="xia")
    options.add_argument("--steps", type=int, default=130)
    options.add_argument("--rate", type=float, default=3e-5)
    options.add_argument("--kept", type=int, default=6000, help="pairs on which nothing is to change")
    options = options.parse_args()
    rng = random.Random(1)
    torch.manual_seed(1)
    bank, reader, model = data.claims(), Reader(), Verifier()
    model.load_state_dict(trained(options.start))
    lines = [line for line in data.lines(bank) if line.writer not in answers.FITTED_VOICES]
    taught = [line for line in lines if line.writer == options.writer]
    questions = {line.claim.question for line in taught}
    beside = [line.text for line in lines if line.claim.question in questions and line.label == data.NEITHER]
    new = [(line.claim.text, text, line.label) for line in taught for text in sorted(ways(line.text, beside, rng))]

    kept = [pair for line in rng.sample(lines, options.kept // 2) for pair in pairs_of(line, bank, rng)]
    before = predict(model, reader, kept, "cpu")
    model.words.weight.requires_grad_(False)
    model.places.weight.requires_grad_(False)
    optimizer = optimizer_of(model, options.rate)
    for step in range(options.steps):
        numbers, learnt = rng.sample(range(len(kept)), 40), rng.sample(new, 10)
        logits = model(*reader.batch([kept[number] for number in numbers] + [(claim, text) for claim, text, _ in learnt]))
        drift = F.kl_div(F.log_softmax(logits[:40], 1), before[numbers], reduction="batchmean")
        loss = F.cross_entropy(logits[40:], torch.tensor([label for *_, label in learnt]))
        optimizer.zero_grad()
        (loss + 3 * drift).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step % 20 == 0:
            print(f"step {step}: loss {loss.item():.4f}, drift {drift.item():.4f}", flush=True)
    torch.save(model.state_dict(), options.out)


def ways(text, beside, rng):
    """The line with and without punctuation, and joined with another sentence as passages of an answer are."""
    bare = text.rstrip(".").replace(",", "")
    other = lambda: rng.choice(beside).rstrip(".")
    return {text, bare, f"{text.rstrip('.')}.", f"{bare} {other()}", f"{other()} {text}", f"{bare}. {other()}"}


def pairs_of(line, bank, rng):
    """The line with its own claim, and with another of the question."""
    return (line.claim.text, line.text), (rng.choice(bank[line.claim.question]).text, line.text)


if __name__ == "__main__":
    main()
