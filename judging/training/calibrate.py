#!/usr/bin/env python3
"""Fits the regressions that turn what the verifier sees into verdicts to the answers of the fitted voices.

Prints the numbers that stand in crates/coach/src/offline/thresholds.rs, and what can be expected of them: each answer is judged by weights
that were fitted to the answers to other questions.
"""

import argparse
import math
import pathlib

import torch

import answers
import data
from model import Reader, Verifier, trained
from train import predict

PASSAGES_A_CLAIM = 4  # as in thresholds.rs
TOUCHES_NOTHING = 0.2  # as in thresholds.rs
FEATURES = 12
IN_FOLLOW_UP = 3  # only the first three count there
FOLDS = 5


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("weights", type=pathlib.Path, help="verifier.pt of a training run")
    options.add_argument("--share", type=float, default=1.0, help="share of the questions to look at, to be quicker")
    options = options.parse_args()
    bank = data.claims()
    rows = [row for row in answers.answers(answers.FITTED_VOICES) if data.number("share " + row["question"]) < options.share]
    rows += answers.elsewhere(rows)
    rows = [row for row in answers.seen(rows) if row["seen"]["passages"] and touches(row) >= TOUCHES_NOTHING]
    model = Verifier()
    model.load_state_dict(trained(options.weights))
    answers.look(rows, bank, Kept(model, options.weights), PASSAGES_A_CLAIM)

    for name, is_key_point in (("key points", True), ("misconceptions", False)):
        for where, columns in (("", FEATURES), (" in follow-ups", IN_FOLLOW_UP)):
            x, y, places = examples(rows, bank, is_key_point)
            x, folds = x[:, :columns], torch.tensor([int(data.number("fold " + question) * FOLDS) for question, _ in places])
            score = torch.zeros(len(y))
            for fold in range(FOLDS):
                base, each = fit(x[folds != fold], y[folds != fold])
                score[folds == fold] = torch.sigmoid(x[folds == fold] @ each + base)
            print(f"== {name}{where}: {len(y)} claims of {len(rows)} answers, average precision {average_precision(score, y):.3f}")
            base, each = fit(x, y)
            print(f"   base: {base:.3f}, each: &[{', '.join(f'{value:.3f}' for value in each.tolist())}]")
            for at in torch.arange(0.2, 0.81, 0.05).tolist():
                print(f"   at {at:.2f}: {report(score, y, [kind for _, kind in places], at)}")


def touches(row):
    """How like each claim the passage is that is most like it, on average, as `Evidence` has it."""
    nearest = [max(of_claim) for of_claim in zip(*row["seen"]["likeness"])]
    return sum(nearest) / len(nearest)


class Kept:
    """Judges pairs, and keeps what the same weights said of them."""

    def __init__(self, model, weights):
        self.model, self.path = model, weights.with_suffix(".chances")
        fresh = self.path.exists() and self.path.stat().st_mtime > weights.stat().st_mtime
        self.known = torch.load(self.path, weights_only=False) if fresh else {}

    def __call__(self, pairs):
        new = [pair for pair in dict.fromkeys(pairs) if pair not in self.known]
        if new:
            print(f"judging {len(new)} pairs", flush=True)
            self.known |= dict(zip(new, predict(self.model, Reader(), new, "cpu").tolist()))
            torch.save(self.known, self.path)
        return torch.tensor([self.known[pair] for pair in pairs])


def logit(chance):
    chance = min(max(chance, 1e-3), 1 - 1e-3)
    return math.log(chance / (1 - chance))


def examples(rows, bank, is_key_point):
    """Features, as `Features` in crates/coach/src/offline/evidence.rs, truth, and (question, kind of answer) of every claim of one kind.

    Half-made points are left out.
    """
    features, truth, places = [], [], []
    for row in rows:
        claims = bank[row["question"]]
        most = lambda label: [max(chances[label] for chances in verdicts.values()) for verdicts in row["verdicts"]]
        states, contradicts = most(data.STATES), most(data.CONTRADICTS)

        def mean(values, kind, but):
            of_kind = [n for n, claim in enumerate(claims) if claim.is_key_point == kind]
            return sum(values[n] for n in of_kind if n != but) / max(1, len(of_kind))

        for number, claim in enumerate(claims):
            if claim.is_key_point != is_key_point or claim.id in row["half"]:
                continue
            verdicts = row["verdicts"][number]
            passage = max(verdicts, key=lambda passage: verdicts[passage][data.STATES])
            likeness = row["seen"]["likeness"]
            others = lambda kind: [n for n, other in enumerate(claims) if other.is_key_point == kind and n != number]
            same_words = lambda kind: max((row["verdicts"][n].get(passage, [0.0])[data.STATES] for n in others(kind)), default=0.0)
            right, nearest = mean(states, True, number), max(of_passage[number] for of_passage in likeness)
            features.append([
                logit(verdicts[passage][data.STATES]),
                likeness[passage][number],
                same_words(not is_key_point),
                right,
                mean(states, False, number),
                mean(contradicts, True, number),
                mean(contradicts, False, number),
                max((likeness[passage][n] for n in others(is_key_point)), default=0.0),
                nearest,
                right * same_words(is_key_point),
                right * nearest,
                logit(max((chances[data.STATES] for other, chances in verdicts.items() if other != passage), default=verdicts[passage][data.STATES])),
            ])  # fmt: skip
            truth.append(float(claim.id in row["hit"] + row["stated"]))
            places.append((row["question"], row["kind"]))
    return torch.tensor(features), torch.tensor(truth), places


def fit(x, y, decay=1e-3):
    """A logistic regression on normed features: its base, and the weight of each feature as it is."""
    mean, scale = x.mean(0), x.std(0).clamp(min=1e-6)
    z = (x - mean) / scale
    weights = torch.zeros(x.shape[1] + 1, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=200)

    def closure():
        optimizer.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(z @ weights[:-1] + weights[-1], y)
        loss = loss + decay * (weights[:-1] ** 2).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    each = weights.detach()[:-1] / scale
    return weights.detach()[-1] - (each * mean).sum(), each


def average_precision(score, y):
    order = score.argsort(descending=True)
    right = y[order].cumsum(0) / torch.arange(1, len(y) + 1)
    return ((right * y[order]).sum() / y.sum().clamp(min=1)).item()


def report(score, y, kinds, at):
    """Precision and recall, and by kind of answer how many of the claims found are not there."""
    found = score >= at
    right = (found & (y > 0)).sum().item()
    parts = [f"precision {right / max(1, found.sum().item()):.3f} recall {right / max(1, y.sum().item()):.3f}"]
    for kind in sorted(set(kinds)):
        of_kind = torch.tensor([other == kind for other in kinds])
        parts.append(f"{kind} false {(found & (y == 0) & of_kind).sum().item()}/{found[of_kind].sum().item()}")
    return ", ".join(parts)


if __name__ == "__main__":
    main()
