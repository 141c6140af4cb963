#!/usr/bin/env python3
"""A short pass over denials, and the average of the weights before and after it.

After training on whole answers the verifier takes "the value is never dropped" for "the value is dropped". A pass over denials corrects that, but
alone it goes too far, and takes every "never" for the opposite; a part of the way is better than either.
"""

import argparse
import pathlib
import random
import time

import torch

import data
from data import NEGATED, Pair
from model import Reader, Verifier
from train import by_length, optimizer_of, train_step

# Denials, lines that state a claim with a negation, all lines, and lines for pairs with other claims.
DENIALS, NEGATIVE, ALL, OTHERS = 6000, 4500, 8000, 1500


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("start", type=pathlib.Path, help="verifier.pt of a training run")
    options.add_argument("run", type=pathlib.Path, help="folder for the new weights")
    options.add_argument("--share", type=float, default=0.2, help="of the way from the old weights to the new ones")
    options.add_argument("--rate", type=float, default=3e-5)
    options.add_argument("--batch", type=int, default=64)
    options.add_argument("--seed", type=int, default=6)
    options = options.parse_args()
    torch.manual_seed(options.seed)
    before = torch.load(options.start, weights_only=True)
    model = Verifier()
    model.load_state_dict(before)
    model.words.weight.requires_grad_(False)
    model.places.weight.requires_grad_(False)
    reader, optimizer = Reader(), optimizer_of(model, options.rate)
    batches = by_length(pairs(options.seed), reader, options.batch, options.seed)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min((step + 1) / 20, max(0, 1 - step / len(batches))))
    began = time.time()
    for step, batch in enumerate(batches):
        loss = train_step(model, reader, batch, optimizer, "cpu")
        schedule.step()
        if step % 50 == 0:
            print(f"step {step} of {len(batches)}: loss {loss:.3f}, {time.time() - began:.0f} s", flush=True)
    options.run.mkdir(parents=True, exist_ok=True)
    after = model.state_dict()
    mixed = {name: before[name] * (1 - options.share) + after[name] * options.share for name in before}
    torch.save(mixed, options.run / "verifier.pt")


def pairs(seed):
    rng = random.Random(seed)
    bank, mirrored = data.claims(), data.mirrors()
    lines = list(data.lines(bank))
    denials = list(data.denials(lines + list(data.phrasings(bank, seed, 3)), seed))
    negative = [line for line in lines if line.label == data.STATES and NEGATED.search(line.text)]
    own = rng.sample(negative, NEGATIVE) + rng.sample(lines, ALL)
    others = data.pairs_of(rng.sample(lines, OTHERS), bank, mirrored, seed, 1)
    return rng.sample(denials, DENIALS) + [Pair(line.claim.text, line.text, (line.label,)) for line in own] + list(others)


if __name__ == "__main__":
    main()
