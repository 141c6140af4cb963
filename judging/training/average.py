#!/usr/bin/env python3
"""Averages weights: `average.py OUT 0.5 one/verifier.pt 0.5 other/verifier.pt`.

The average of two trainings from one start keeps what both know: Wortsman et al., "Robust fine-tuning of zero-shot models", 2022,
https://arxiv.org/abs/2109.01903.
"""

import pathlib
import sys

import torch

from model import trained


def main():
    if len(sys.argv) < 4 or len(sys.argv) % 2:
        sys.exit(__doc__)
    out, *mixed = sys.argv[1:]
    shares = [float(share) for share in mixed[::2]]
    if abs(sum(shares) - 1) > 1e-6:
        sys.exit("the shares must sum to 1")
    weights = [trained(pathlib.Path(path)) for path in mixed[1::2]]
    average = {name: sum(share * of[name] for share, of in zip(shares, weights)) for name in weights[0]}
    pathlib.Path(out).parent.mkdir(parents=True, exist_ok=True)
    torch.save(average, out)


if __name__ == "__main__":
    main()
