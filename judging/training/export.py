#!/usr/bin/env python3
"""Writes trained weights in the form that the program contains: 8-bit integers, a smaller vocabulary, and probabilities to check against."""

import argparse
import json
import pathlib
import random

import torch
from safetensors.torch import save_file

import data
from model import CLAIM_TOKENS, PASSAGE_TOKENS, Reader, Verifier, base, trained

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("weights", type=pathlib.Path, help="verifier.pt of a training run")
    options.add_argument("folder", type=pathlib.Path, help="where verifier.safetensors, vocabulary.txt, learnt.txt and probabilities.jsonl go")
    options.add_argument("--temperature", type=float, default=1.0, help="logits are divided by it")
    options = options.parse_args()

    model = Verifier()
    model.load_state_dict(trained(options.weights))
    model.eval()

    words = (base() / "vocab.txt").read_text().splitlines()
    kept = [words.index(word) for word in SPECIAL] + [
        number for number, word in enumerate(words) if word not in SPECIAL and word.isascii() and not (word.startswith("[") and len(word) > 1)
    ]
    tensors = {}
    for name, weight in model.state_dict().items():
        if name == "words.weight":
            weight = weight[kept]
        if name == "places.weight":
            weight = weight[: CLAIM_TOKENS + PASSAGE_TOKENS + 3]
        if name == "words.weight" or name.startswith("layers") and weight.dim() == 2:
            scale = weight.abs().amax(1) / 127
            whole = (weight / scale[:, None]).round().clamp(-127, 127)
            tensors[name] = (whole + 128).to(torch.uint8)
            tensors[name.removesuffix("weight") + "scale"] = scale
            rounded = whole * scale[:, None]
        else:
            tensors[name] = rounded = weight.contiguous()
        with torch.no_grad():
            own = model.state_dict()[name]
            if name == "words.weight":
                own[kept] = rounded
            else:
                own[: len(rounded)] = rounded
    tensors["temperature"] = torch.tensor([options.temperature])

    options.folder.mkdir(parents=True, exist_ok=True)
    save_file(tensors, options.folder / "verifier.safetensors")
    (options.folder / "vocabulary.txt").write_text("".join(words[number] + "\n" for number in kept))

    bank = data.claims()
    learnt = {line.claim.text for line in data.lines(bank)}
    (options.folder / "learnt.txt").write_text("".join(sorted(f"{fingerprint(text):016x}\n" for text in learnt)))
    lines = random.Random(7).sample(list(data.lines(bank)), 120)
    reader = Reader()
    with torch.no_grad(), (options.folder / "probabilities.jsonl").open("w") as file:
        for line in lines:
            chances = (model(*reader.batch([(line.claim.text, line.text)])) / options.temperature).softmax(1)[0].tolist()
            row = {"claim": line.claim.text, "passage": line.text, "probabilities": [round(chance, 6) for chance in chances]}
            file.write(json.dumps(row) + "\n")
    size = (options.folder / "verifier.safetensors").stat().st_size
    print(f"{len(kept)} word pieces, {size / 1e6:.1f} MB")


def fingerprint(text):
    """64 bits of FNV-1a, as `coach::verifier` computes them."""
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


if __name__ == "__main__":
    main()
