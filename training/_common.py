"""What the training scripts share: data, LoRA on the encoder, batches, saving."""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.optim.swa_utils import AveragedModel

from warehouse_ai.models.adapters import Adapter
from warehouse_ai.models.changes import quantized
from warehouse_ai.models.encoder import TextEncoder
from warehouse_ai.models.packing import Packed, pack_inputs
from warehouse_ai.models.registry import ENCODER, load_text_encoder, load_tokenizer
from warehouse_ai.models.sequence_classifier import SequenceClassifier
from warehouse_ai.models.tokenizer import Window
from warehouse_ai.runtime.batching import Batch

DATA = Path(__file__).parent / "data"
WEIGHTS = Path(__file__).parents[1] / "python_udfs/warehouse_ai/weights"
MACRO = Path(__file__).parents[1] / "macros/_internal/_wai_models.sql"
DROPOUT = 0.1
EncoderT = TypeVar("EncoderT", bound=nn.Module)


def public_data() -> Path:
    """Return the folder of public sets, or stop with what to set."""
    folder = os.environ.get("WAREHOUSE_AI_DATA")
    if not folder:
        raise SystemExit("WAREHOUSE_AI_DATA is not set: point it at the folder that holds the public sets.")
    return Path(folder)


def read_set(name: str, table: str | None = None) -> pd.DataFrame:
    """Read one table of a public set."""
    return pd.read_parquet(public_data() / name / f"{table or name}.parquet")


def own_rows(pattern: str) -> list[dict[str, Any]]:
    """Read the lines of ``data/<pattern>.jsonl``, written for this project."""
    paths = sorted(DATA.glob(f"{pattern}.jsonl"))
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf8").splitlines()]


def seed_everything(seed: int) -> None:
    """Fix every source of randomness."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def lora_encoder(rank: int = 16) -> PeftModel:
    """Return the default encoder with trainable LoRA factors on every projection, and dropout where BERT's training has it."""
    config = LoraConfig(r=rank, lora_alpha=2 * rank, target_modules=["qkv", "attention_out", "ffn_in", "ffn_out"])
    return _with_dropout(get_peft_model(load_text_encoder(), config))


def whole_encoder(*, words: bool) -> TextEncoder:
    """Return the default encoder with all its parameters to train, or all but the embeddings of words, with the same dropout."""
    model = load_text_encoder().train()
    model.word.requires_grad_(words)
    return _with_dropout(model)


def whole_changes(encoder: TextEncoder) -> dict[str, Tensor]:
    """Encode what training changed in a whole encoder."""
    found = quantized(load_text_encoder().state_dict(), {name: tensor.detach() for name, tensor in encoder.state_dict().items()})
    return {f"encoder.{name}": tensor for name, tensor in found.items()}


def _with_dropout(model: EncoderT) -> EncoderT:
    for name, module in model.named_modules():
        if name.split(".")[-1] in ("attention_out", "ffn_out") or name == "norm" or name.endswith("model.norm"):
            module.register_forward_hook(_dropped)
    return model


def _dropped(module: nn.Module, inputs: object, output: Tensor) -> Tensor:
    return nn.functional.dropout(output, DROPOUT, module.training)


def lora_factors(model: PeftModel) -> dict[str, Tensor]:
    """Extract the factors as float16, the LoRA scale folded into ``lora_B``."""
    config = model.peft_config["default"]
    scale = config.lora_alpha / config.r
    factors = {}
    for name, parameter in model.named_parameters():
        if ".lora_A." in name:
            factors[name.split("base_model.model.")[1].split(".lora_A")[0] + ".lora_A"] = parameter.detach()
        elif ".lora_B." in name:
            factors[name.split("base_model.model.")[1].split(".lora_B")[0] + ".lora_B"] = parameter.detach() * scale
    return {f"encoder.{name}": tensor.half().contiguous() for name, tensor in factors.items()}


def load_lora_factors(model: PeftModel, factors: Mapping[str, Tensor]) -> None:
    """Go on from the factors of a shipped adapter."""
    config = model.peft_config["default"]
    scale = config.lora_alpha / config.r
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            for half, divisor in ((".lora_A", 1.0), (".lora_B", scale)):
                if f"{half}." in name:
                    module = name.split("base_model.model.")[1].split(half)[0]
                    parameter.copy_(factors[module + half] / divisor)


def rank_of(adapter: Adapter) -> int:
    """Return the rank of a shipped adapter's factors; the average of two adapters has the sum of theirs."""
    return next(len(tensor) for name, tensor in adapter.load().items() if name.endswith(".lora_A"))


def averaged_adapters(parts: list[dict[str, Tensor]], rank: int | None = None) -> dict[str, Tensor]:
    """Average what adapters change (Wortsman et al. 2022, https://arxiv.org/abs/2203.05482).

    Args:
        parts: tensors of adapters with the same names.
        rank: of the average's factors, the nearest ones of that rank; None for all of them side by side, which is exact.
    """
    out = {
        name: torch.stack([part[name].float() for part in parts]).mean(0).to(parts[0][name].dtype)
        for name in parts[0]
        if ".lora_" not in name
    }
    for name in parts[0]:
        if name.endswith(".lora_A"):
            module = name.removesuffix(".lora_A")
            out[name] = torch.cat([part[name].float() for part in parts]).half()
            out[f"{module}.lora_B"] = torch.cat([part[f"{module}.lora_B"].float() / len(parts) for part in parts], 1).half()
            if rank:
                left, strength, right = torch.linalg.svd(out[f"{module}.lora_B"].float() @ out[name].float(), full_matrices=False)
                root = strength[:rank].sqrt()
                out[f"{module}.lora_B"], out[name] = (left[:, :rank] * root).half(), (root[:, None] * right[:rank]).half()
    return out


def arguments() -> argparse.ArgumentParser:
    """Return a parser of ``--continue STEPS``: the shipped weights are trained on for so long at half the rate; 0 trains new ones."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--continue", type=int, default=0, dest="steps", metavar="STEPS")
    return parser


def resume(model: nn.Module, adapter: Adapter) -> None:
    """Load a shipped adapter, its calibration folded into the head, into a ``SequenceClassifier`` under training."""
    shipped = adapter.load()
    load_lora_factors(model.encoder, adapter.encoder_changes(shipped))
    model.load_state_dict({n: t for n, t in shipped.items() if n.startswith("head.")}, strict=False)


def save_weights(name: str, tensors: dict[str, Tensor], metadata: dict[str, str] | None = None) -> Path:
    """Write an adapter where the package ships it, and its revision where dbt's state comparison sees it."""
    path = WEIGHTS / f"{name}.safetensors"
    partial = path.with_suffix(".partial")
    save_file(tensors, partial, metadata={"base": ENCODER.sha256, **(metadata or {})})
    partial.replace(path)
    model = Adapter(name).model
    # Functions that share an adapter follow it.
    pattern = rf"'(\w+)': '(?:{re.escape(model.split('@')[0])}@[^']*)'"
    MACRO.write_text(re.sub(pattern, rf"'\1': '{model}'", MACRO.read_text(encoding="utf8")), encoding="utf8")
    return path


def packed(inputs: list[np.ndarray]) -> tuple[Packed, list[int]]:
    """Pad token ids to the length of the longest, one block for attention; return the batch and the order of the inputs in it."""
    order = sorted(range(len(inputs)), key=lambda i: -len(inputs[i]))
    longest = len(inputs[order[0]])
    return pack_inputs([inputs[i] for i in order], Batch(tuple(order), longest * len(inputs), longest), "cpu"), order


@contextmanager
def fast() -> Iterator[None]:
    """Compute in bfloat16 where the processor has it, with attention whose gradient is quick for short inputs: three times the speed."""
    with torch.autocast("cpu", torch.bfloat16, enabled=torch.cpu._is_avx512_bf16_supported()), sdpa_kernel(SDPBackend.MATH):
        yield


def length_batches(lengths: list[int], size: int, rng: random.Random) -> list[list[int]]:
    """Shuffle rows into batches of similar length, the batches in random order."""
    order = sorted(range(len(lengths)), key=lambda i: lengths[i] + rng.uniform(0, 8))
    batches = [order[i : i + size] for i in range(0, len(order), size)]
    rng.shuffle(batches)
    return batches


class Schedule:
    """Linear warm-up and linear decay."""

    def __init__(self, optimizer: torch.optim.Optimizer, steps: int, warmup: float = 0.06) -> None:
        first = max(1, math.ceil(steps * warmup))
        self._scheduler = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: min((step + 1) / first, max(0.0, (steps - step) / max(1, steps - first)))
        )
        self._optimizer = optimizer
        self._parameters = [p for group in optimizer.param_groups for p in group["params"]]

    def step(self, loss: Tensor) -> None:
        """Back-propagate, clip at norm 1, update."""
        self._optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self._parameters, 1.0)
        self._optimizer.step()
        self._scheduler.step()


def fit(
    model: nn.Module,
    lengths: list[int],
    loss: Callable[[list[int]], Tensor],
    save: Callable[[nn.Module], object],
    *,
    steps: int,
    batch: int,
    rate: float,
    averaged: float,
    rng: random.Random,
) -> nn.Module:
    """Train a model and return the average of its last steps (Izmailov et al. 2018, https://arxiv.org/abs/1803.05407).

    Args:
        model: trained in place.
        lengths: tokens of each row.
        loss: of the rows with these indices.
        save: called with the average so far after each pass over the rows, and at the end.
        steps: updates.
        batch: rows of an update.
        rate: highest learning rate.
        averaged: share of the last steps over which the weights are averaged.
        rng: order of the rows.
    """
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=rate, weight_decay=0.01, fused=True)
    schedule = Schedule(optimizer, steps)
    average = AveragedModel(model)
    started, done = time.time(), 0
    print(f"{len(lengths)} rows, {steps} steps", flush=True)
    while done < steps:
        for rows in length_batches(lengths, batch, rng)[: steps - done]:
            found = loss(rows)
            schedule.step(found)
            done += 1
            if done > steps * (1 - averaged):
                average.update_parameters(model)
            if done % 50 == 0:
                print(f"step {done}/{steps} loss {found.item():.3f} {time.time() - started:.0f} s", flush=True)
        save(average.module if average.n_averaged else model)
    return average.module


Row = tuple[np.ndarray, int]
"""Token ids of an input, and how many of them are the prompt's."""


def forward(model: SequenceClassifier, inputs: list[Row]) -> Tensor:
    """Return logits ``[inputs, classes]`` in the order given."""
    batch, order = packed([ids for ids, _ in inputs])
    prompts = [(inputs[i][1], len(inputs[i][0])) for i in order] if any(prompt for _, prompt in inputs) else None
    with fast():
        return model(batch, prompts)[np.argsort(order)].float()


@torch.inference_mode()
def logits_of(model: SequenceClassifier, inputs: list[Row]) -> Tensor:
    """Score any number of inputs, without dropout."""
    model.eval()
    order = sorted(range(len(inputs)), key=lambda i: len(inputs[i][0]))
    out = torch.zeros(len(inputs), model.head.out_features)
    for chosen in batched(order, 64):
        out[chosen] = forward(model, [inputs[i] for i in chosen])
    model.train()
    return out


def unprompted(texts: list[str]) -> list[Row]:
    """Tokenize texts that have no prompt."""
    return [(window.ids, 0) for window in first_windows(texts)]


def prompted(prompts: list[str], texts: list[str]) -> list[Row]:
    """Put a prompt in front of each text: token ids, and how many of them are the prompt's."""
    tokenizer = load_tokenizer()
    front = {p: tokenizer.windows([p])[0].ids for p in set(prompts)}
    windows = {t: w.ids for t, w in zip(dict.fromkeys(texts), first_windows(list(dict.fromkeys(texts))), strict=True)}
    return [(np.concatenate((front[p], windows[t][1:])), len(front[p]) - 2) for p, t in zip(prompts, texts, strict=True)]


def temperature_of(logits: Tensor, truth: list[int]) -> float:
    """Fit a softmax temperature on development rows (Guo et al. 2017, https://arxiv.org/abs/1706.04599)."""
    grid = torch.linspace(0.5, 4, 141)
    losses = [nn.functional.cross_entropy(logits / t, torch.tensor(truth)).item() for t in grid]
    return float(grid[int(np.argmin(losses))])


def first_windows(texts: list[str]) -> list[Window]:
    """Tokenize and keep the first window of each text; training texts are short."""
    seen: set[int] = set()
    return [w for w in load_tokenizer().windows(texts) if not (w.text in seen or seen.add(w.text))]


def batched(items: list, size: int) -> Iterator[list]:
    """Yield consecutive slices."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
