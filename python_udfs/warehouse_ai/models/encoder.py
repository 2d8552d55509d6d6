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

from warehouse_ai.models.changes import apply
from warehouse_ai.models.packing import Packed


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


class Projection(nn.Linear):
    """A linear map that infers on CPUs by oneDNN, in the same float32: PyTorch's default, MKL, leaves AVX-512 unused on AMD processors."""

    def forward(self, x: Tensor) -> Tensor:
        """Map ``[..., in]`` to ``[..., out]``."""
        if x.device.type == "cpu" and x.dtype == torch.float32 and not torch.is_grad_enabled() and torch.backends.mkldnn.is_available():
            return torch.ops.mkldnn._linear_pointwise(x, self.weight, self.bias, "none", [], "")
        return super().forward(x)


class EncoderLayer(nn.Module):
    """One transformer block: post-norm self-attention and feed-forward."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        hidden = config.hidden_size
        self.num_heads = config.num_heads
        self.qkv = Projection(hidden, 3 * hidden)
        self.attention_out = Projection(hidden, hidden)
        self.attention_norm = nn.LayerNorm(hidden, eps=config.layer_norm_eps)
        self.ffn_in = Projection(hidden, config.intermediate_size)
        self.ffn_out = Projection(config.intermediate_size, hidden)
        self.ffn_norm = nn.LayerNorm(hidden, eps=config.layer_norm_eps)

    def forward(self, x: Tensor, batch: Packed) -> Tensor:
        """Map token states ``[tokens, hidden]`` to the next layer's."""
        x = self.attention_norm(x + self.attention_out(self._attend(self.qkv(x), batch)))
        return self.ffn_norm(x + self.ffn_out(F.gelu(self.ffn_in(x))))

    def _attend(self, qkv: Tensor, batch: Packed) -> Tensor:
        *blocks, filler = batch.by_segment(qkv)
        mixed = []
        for segment, block in zip(batch.segments, blocks, strict=True):
            q, k, v = block.view(segment.rows, segment.length, 3, self.num_heads, -1).permute(2, 0, 3, 1, 4)
            mask = None if segment.mask is None else segment.mask[:, None, None, :]
            out = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
            mixed.append(out.transpose(1, 2).reshape(len(block), -1))
        return torch.cat([*mixed, filler.new_zeros(len(filler), qkv.shape[1] // 3)])


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

    def forward(self, batch: Packed) -> Tensor:
        """Return token states, float ``[tokens, hidden]``; those of padding and filler are meaningless."""
        x = self.norm(self.word(batch.ids) + self.position(batch.positions))
        for layer in self.layers:
            x = layer(x, batch)
        return x


def mean_pool(states: Tensor, batch: Packed) -> Tensor:
    """Average the states of each input's real tokens: ``[tokens, hidden]`` to ``[inputs, hidden]``."""
    pooled = []
    for segment, part in zip(batch.segments, batch.by_segment(states)[:-1], strict=True):
        block = part.view(segment.rows, segment.length, -1)
        if segment.mask is None:
            pooled.append(block.mean(1))
        else:
            weights = segment.mask.unsqueeze(-1).to(block.dtype)
            pooled.append((block * weights).sum(1) / weights.sum(1))
    return torch.cat(pooled)


def load_encoder(path: Path, sha256: str, adapter: Mapping[str, Tensor] | None = None) -> TextEncoder:
    """Load the encoder's weights from a published ``model.safetensors``.

    Args:
        path: the safetensors file, with the parameter names of Hugging Face's ``BertModel``.
        sha256: what the file must hash to.
        adapter: what training changed, as ``changes.apply`` reads it.

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
        "position.weight": source["embeddings.position_embeddings.weight"] + source["embeddings.token_type_embeddings.weight"][0],
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
    apply(state, adapter or {})
    encoder.load_state_dict(state)
    return encoder.eval()
