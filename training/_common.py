"""What the training scripts share: data, LoRA on the encoder, batches, saving."""

from __future__ import annotations

import math
import os
import random
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import save_file
from torch import Tensor, nn

from warehouse_ai.models.adapters import Adapter
from warehouse_ai.models.packing import Packed, pack_inputs
from warehouse_ai.models.registry import ENCODER, load_text_encoder, load_tokenizer
from warehouse_ai.models.tokenizer import Window
from warehouse_ai.runtime.batching import Batch

DATA = Path(__file__).parent / "data"
WEIGHTS = Path(__file__).parents[1] / "python_udfs/warehouse_ai/weights"
MACRO = Path(__file__).parents[1] / "macros/_internal/_wai_models.sql"
LORA = LoraConfig(r=16, lora_alpha=32, lora_dropout=0.0, target_modules=["qkv", "attention_out", "ffn_in", "ffn_out"])


def public_data() -> Path:
    """Return the folder of public sets, or stop with what to set."""
    folder = os.environ.get("WAREHOUSE_AI_DATA")
    if not folder:
        raise SystemExit("WAREHOUSE_AI_DATA is not set: point it at the folder that holds the public sets.")
    return Path(folder)


def read_set(name: str, table: str | None = None) -> pd.DataFrame:
    """Read one table of a public set."""
    return pd.read_parquet(public_data() / name / f"{table or name}.parquet")


def seed_everything(seed: int) -> None:
    """Fix every source of randomness."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def lora_encoder() -> PeftModel:
    """Return the default encoder with trainable LoRA factors on every projection."""
    return get_peft_model(load_text_encoder(), LORA)


def lora_factors(model: PeftModel) -> dict[str, Tensor]:
    """Extract the factors as float16, the LoRA scale folded into ``lora_B``."""
    scale = LORA.lora_alpha / LORA.r
    factors = {}
    for name, parameter in model.named_parameters():
        if ".lora_A." in name:
            factors[name.split("base_model.model.")[1].split(".lora_A")[0] + ".lora_A"] = parameter.detach()
        elif ".lora_B." in name:
            factors[name.split("base_model.model.")[1].split(".lora_B")[0] + ".lora_B"] = parameter.detach() * scale
    return {f"encoder.{name}": tensor.half().contiguous() for name, tensor in factors.items()}


def save_weights(name: str, tensors: dict[str, Tensor], metadata: dict[str, str] | None = None) -> Path:
    """Write an adapter where the package ships it, and its revision where dbt's state comparison sees it."""
    path = WEIGHTS / f"{name}.safetensors"
    partial = path.with_suffix(".partial")
    save_file(tensors, partial, metadata={"base": ENCODER.sha256, **(metadata or {})})
    partial.replace(path)
    model = Adapter(name).model
    MACRO.write_text(re.sub(rf"'{name}': '[^']*'", f"'{name}': '{model}'", MACRO.read_text(encoding="utf8")), encoding="utf8")
    return path


def packed(inputs: list[np.ndarray]) -> tuple[Packed, list[int]]:
    """Lay token ids end to end, the longest first; return the batch and the order of the inputs in it."""
    order = sorted(range(len(inputs)), key=lambda i: -len(inputs[i]))
    batch = Batch(tuple(order), sum(len(ids) for ids in inputs))
    return pack_inputs([inputs[i] for i in order], batch, "cpu"), order


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


def first_windows(texts: list[str]) -> list[Window]:
    """Tokenize and keep the first window of each text; training texts are short."""
    seen: set[int] = set()
    return [w for w in load_tokenizer().windows(texts) if not (w.text in seen or seen.add(w.text))]


def batched(items: list, size: int) -> Iterator[list]:
    """Yield consecutive slices."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
