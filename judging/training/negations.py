#!/usr/bin/env python3
"""A pass over lines in which a negation states or denies a claim.

Goes on from trained weights with every line of the writers of negations, and some of all others, lines with one verb denied, and lines that state a
claim with a negation. `average.py` mixes the result with what it started from.
"""

import argparse
import pathlib
import random
import time

import torch

import answers
import data
from data import NEGATED, Pair
from model import Reader, Verifier, trained
from train import by_length, optimizer_of, train_step

# Lines of other writers, lines for pairs with other claims, and lines that state a claim with a negation, an epoch.
OTHER_WRITERS, OTHER_CLAIMS, NEGATIVE = 5000, 1000, 2000


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("start", type=pathlib.Path, help="verifier.pt to go on from")
    options.add_argument("weights", type=pathlib.Path, help="file for the new weights")
    options.add_argument("--epochs", type=int, default=1)
    options.add_argument("--rate", type=float, default=4e-5)
    options.add_argument("--denials", type=int, default=0, help="lines with one verb denied, and as an equal weight lines that state a claim with a negation")
    options.add_argument("--batch", type=int, default=64)
    options.add_argument("--seed", type=int, default=9)
    options = options.parse_args()
    torch.manual_seed(options.seed)
    model = Verifier()
    model.load_state_dict(trained(options.start))
    model.words.weight.requires_grad_(False)
    model.places.weight.requires_grad_(False)
    reader, optimizer = Reader(), optimizer_of(model, options.rate)
    batches = [batch for epoch in range(options.epochs) for batch in by_length(pairs(options, epoch), reader, options.batch, options.seed + epoch)]
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min((step + 1) / 30, max(0, 1 - step / len(batches))))
    began = time.time()
    for step, batch in enumerate(batches):
        loss = train_step(model, reader, batch, optimizer, "cpu")
        schedule.step()
        if step % 50 == 0:
            print(f"step {step} of {len(batches)}: loss {loss:.3f}, {time.time() - began:.0f} s", flush=True)
    options.weights.parent.mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), options.weights)


def pairs(options, epoch):
    seed = options.seed + epoch
    rng = random.Random(seed)
    bank = data.claims()
    lines = [line for line in data.lines(bank) if line.writer not in answers.FITTED_VOICES]
    others = [line for line in lines if line.writer not in data.WRITERS_OF_NEGATIONS]
    own = [line for line in lines if line.writer in data.WRITERS_OF_NEGATIONS] + rng.sample(data.without_hints(others, seed), OTHER_WRITERS)
    changed = []
    if options.denials:
        changed = rng.sample(list(data.denials(others, seed)), options.denials)
        own += rng.sample([line for line in others if line.label == data.STATES and NEGATED.search(line.text)], NEGATIVE)
    neighbours = data.pairs_of(rng.sample(lines, OTHER_CLAIMS), bank, data.mirrors(), seed, 1)
    return [Pair(line.claim.text, line.text, (line.label,)) for line in own] + changed + list(neighbours)


if __name__ == "__main__":
    main()
