"""BERT text encoder in plain torch: one module for inference and for training adapters.

The forward pass follows Devlin et al. 2019 (https://arxiv.org/abs/1810.04805) as published for all-MiniLM-L6-v2. Query, key and
value are one fused projection, which is a third of the matrix-product calls of the reference implementation.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor, nn


@dataclass(frozen=True)
class EncoderConfig:
    """Sizes of a BERT encoder."""

    vocab_size: int = 30522
    hidden_size: int = 384
    num_layers: int = 6
    num_heads: int = 12
    intermediate_size: int = 1536
    max_positions: int = 512
    layer_norm_eps: float = 1e-12


class EncoderLayer(nn.Module):
    """One transformer block: post-norm self-attention and feed-forward."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        hidden = config.hidden_size
        self.num_heads = config.num_heads
        self.qkv = nn.Linear(hidden, 3 * hidden)
        self.attention_out = nn.Linear(hidden, hidden)
        self.attention_norm = nn.LayerNorm(hidden, eps=config.layer_norm_eps)
        self.ffn_in = nn.Linear(hidden, config.intermediate_size)
        self.ffn_out = nn.Linear(config.intermediate_size, hidden)
        self.ffn_norm = nn.LayerNorm(hidden, eps=config.layer_norm_eps)

    def forward(self, x: Tensor, attend: Tensor) -> Tensor:
        """Map token states ``[rows, length, hidden]`` to the next layer's; ``attend`` is bool ``[rows, 1, 1, length]``."""
        rows, length, hidden = x.shape
        qkv = self.qkv(x).view(rows, length, 3, self.num_heads, hidden // self.num_heads).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(qkv[0], qkv[1], qkv[2], attn_mask=attend)
        x = self.attention_norm(x + self.attention_out(mixed.transpose(1, 2).reshape(rows, length, hidden)))
        return self.ffn_norm(x + self.ffn_out(F.gelu(self.ffn_in(x))))


class TextEncoder(nn.Module):
    """Token ids to contextual token states."""

    def __init__(self, config: EncoderConfig | None = None) -> None:
        super().__init__()
        self.config = config or EncoderConfig()
        hidden = self.config.hidden_size
        self.word = nn.Embedding(self.config.vocab_size, hidden)
        self.position = nn.Embedding(self.config.max_positions, hidden)
        self.norm = nn.LayerNorm(hidden, eps=self.config.layer_norm_eps)
        self.layers = nn.ModuleList(EncoderLayer(self.config) for _ in range(self.config.num_layers))

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Return token states.

        Args:
            ids: int64 ``[rows, length]`` WordPiece ids; length is at most ``max_positions``.
            mask: bool ``[rows, length]``, True at real tokens.

        Returns:
            float ``[rows, length, hidden]``; states at padding are meaningless.
        """
        x = self.norm(self.word(ids) + self.position.weight[: ids.shape[1]])
        attend = mask[:, None, None, :]
        for layer in self.layers:
            x = layer(x, attend)
        return x


def mean_pool(states: Tensor, mask: Tensor) -> Tensor:
    """Average the states of real tokens: ``[rows, length, hidden]`` and bool ``[rows, length]`` to ``[rows, hidden]``."""
    weights = mask.unsqueeze(-1).to(states.dtype)
    return (states * weights).sum(1) / weights.sum(1).clamp(min=1)


def load_encoder(path: Path, sha256: str, adapter: Mapping[str, Tensor] | None = None) -> TextEncoder:
    """Load the encoder's weights from a published ``model.safetensors``.

    Args:
        path: the safetensors file, with the parameter names of Hugging Face's ``BertModel``.
        sha256: what the file must hash to.
        adapter: LoRA factors to merge, ``<module>.lora_A`` ``[rank, in]`` and ``<module>.lora_B`` ``[out, rank]``, scale included.

    Raises:
        ValueError: the file is not the published one.
    """
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != sha256:
        raise ValueError(f"{path.name}: sha256 is {found}, expected {sha256}; reinstall the model package")
    source = load_file(path)
    encoder = TextEncoder()
    state = {
        "word.weight": source["embeddings.word_embeddings.weight"],
        # Single-segment input: the type-0 vector is a constant, folded into the positions.
        "position.weight": source["embeddings.position_embeddings.weight"]
        + source["embeddings.token_type_embeddings.weight"][0],
        "norm.weight": source["embeddings.LayerNorm.weight"],
        "norm.bias": source["embeddings.LayerNorm.bias"],
    }
    names = {
        "attention_out": "attention.output.dense",
        "attention_norm": "attention.output.LayerNorm",
        "ffn_in": "intermediate.dense",
        "ffn_out": "output.dense",
        "ffn_norm": "output.LayerNorm",
    }
    for i in range(encoder.config.num_layers):
        prefix = f"encoder.layer.{i}."
        for kind in ("weight", "bias"):
            state[f"layers.{i}.qkv.{kind}"] = torch.cat(
                [source[f"{prefix}attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
            )
            for ours, theirs in names.items():
                state[f"layers.{i}.{ours}.{kind}"] = source[f"{prefix}{theirs}.{kind}"]
    for name in list(adapter or ()):
        if name.endswith(".lora_A"):
            module = name.removesuffix(".lora_A")
            assert adapter is not None
            state[f"{module}.weight"] = (
                state[f"{module}.weight"] + adapter[f"{module}.lora_B"].float() @ adapter[name].float()
            )
    encoder.load_state_dict(state)
    return encoder.eval()
