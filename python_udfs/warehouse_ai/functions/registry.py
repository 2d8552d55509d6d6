"""The functions by name."""

from __future__ import annotations

from types import ModuleType

from warehouse_ai.functions import classify, extract, sentiment

FUNCTIONS: dict[str, ModuleType] = {module.NAME: module for module in (classify, extract, sentiment)}
"""Each module has ``NAME``, ``RESULT`` (Arrow struct), ``Spec.parse(options)`` and ``run(column, spec, call)``."""
