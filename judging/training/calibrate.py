#!/usr/bin/env python3
"""Fits the regressions that turn what the verifier sees into verdicts, and reports on voices that nothing was fitted to.

Prints the numbers that stand in crates/coach/src/offline/thresholds.rs.
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
FEATURES = 11
IN_FOLLOW_UP = 3  # only the first three count there


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("weights", type=pathlib.Path, help="verifier.pt of a training run")
    options.add_argument("--precision", type=float, default=0.89, help="what counts as made must be right so often")
    options.add_argument("--missed", type=float, default=0.12, help="the share of what was made that may count as missed; what lies between is unclear")
    options.add_argument("--share", type=float, default=1.0, help="share of the questions to look at, to be quicker")
    options = options.parse_args()
    bank = data.claims()
    rows = [row for row in answers.answers() if data.number("share " + row["question"]) < options.share]
    rows = [row for row in rows if row["voice"] not in answers.LEARNT_VOICES or not answers.is_trained(row["question"])]
    rows = answers.seen(rows)
    model = Verifier()
    model.load_state_dict(trained(options.weights))
    answers.look(rows, bank, Kept(model, options.weights), PASSAGES_A_CLAIM)

    fitted = [row for row in rows if row["voice"] in answers.LEARNT_VOICES]
    unseen = [row for row in rows if row["voice"] not in answers.LEARNT_VOICES]
    held_out = data.held_out_questions(bank)
    parts = {
        "fitted on": fitted,
        "unseen voices": unseen,
        "unseen voices, rust": [row for row in unseen if row["question"] in data.rust()],
        "unseen voices, other subjects": [row for row in unseen if row["question"] not in data.rust()],
        "unseen voices, the 20 questions": [row for row in unseen if row["question"] in held_out],
    }
    for name, part in parts.items():
        print(f"{name}: {len(part)} answers, the passage that states a hit point best is looked at in {coverage(part, bank):.3f} of the cases")
    for is_key_point in (True, False):
        for columns in (FEATURES, IN_FOLLOW_UP):
            x, y, _ = examples(fitted, bank, is_key_point)
            weights, mean, scale = fit(x[:, :columns], y)
            raw = weights[:-1] / scale
            base = weights[-1] - (raw * mean).sum()
            score = lambda x: torch.sigmoid(x[:, :columns] @ raw + base)
            at, unclear = threshold_for(score(x), y, options.precision), score(x)[y > 0].quantile(options.missed).item()
            print(f"== {'key points' if is_key_point else 'misconceptions'}{'' if columns == FEATURES else ' in follow-ups'}: at {at:.3f}, unclear {unclear:.3f}")
            print(f"   base: {base:.3f}, each: &[{', '.join(f'{value:.3f}' for value in raw.tolist())}]")
            for name, part in parts.items():
                x, y, kinds = examples(part, bank, is_key_point)
                print(f"  {name}: {report(score(x), y, kinds, at, unclear)}")


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


def coverage(rows, bank):
    """How often the passage most like a hit point is among those looked at: always, so this counts the claims with no passage at all."""
    found = [bool(verdicts) for row in rows for claim, verdicts in zip(bank[row["question"]], row["verdicts"]) if claim.id in row["hit"]]
    return sum(found) / max(1, len(found))


def logit(chance):
    chance = min(max(chance, 1e-3), 1 - 1e-3)
    return math.log(chance / (1 - chance))


def examples(rows, bank, is_key_point):
    """Features, as `Features` in crates/coach/src/offline/evidence.rs, and truth of every claim of one kind; half-made points are left out."""
    features, truth, kinds = [], [], []
    for row in rows:
        claims = bank[row["question"]]
        if not row["seen"]["passages"]:
            continue
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
            ])  # fmt: skip
            truth.append(float(claim.id in row["hit"] + row["stated"]))
            kinds.append(row["kind"])
    return torch.tensor(features), torch.tensor(truth), kinds


def fit(x, y, decay=1e-2):
    """A logistic regression on normed features."""
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
    return weights.detach(), mean, scale


def threshold_for(score, y, precision):
    """The lowest score from which on precision is at least this high."""
    order = score.argsort(descending=True)
    right = y[order].cumsum(0) / torch.arange(1, len(y) + 1)
    good = (right >= precision).nonzero()
    return score[order[good[-1]]].item() if len(good) else 1.0


def average_precision(score, y):
    order = score.argsort(descending=True)
    right = y[order].cumsum(0) / torch.arange(1, len(y) + 1)
    return ((right * y[order]).sum() / y.sum().clamp(min=1)).item()


def report(score, y, kinds, at, unclear):
    found, asked = score >= at, (score >= unclear) & (score < at)
    right = (found & (y > 0)).sum().item()
    parts = [f"AP {average_precision(score, y):.3f}, precision {right / max(1, found.sum().item()):.3f} recall {right / max(1, y.sum().item()):.3f}, asked {asked.float().mean():.3f}"]
    parts.append(f"missed although made {((score < unclear) & (y > 0)).sum().item() / max(1, y.sum().item()):.3f}")
    for kind in ("strong", "partial", "refuting", "wrong", "twisted"):
        of_kind = torch.tensor([k == kind for k in kinds])
        parts.append(f"{kind} false {(found & (y == 0) & of_kind).sum().item()}/{found[of_kind].sum().item()}")
    return ", ".join(parts)


if __name__ == "__main__":
    main()
