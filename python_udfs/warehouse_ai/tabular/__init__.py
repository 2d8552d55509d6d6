"""Numeric tables: features, computed by torch over all groups at once, and models fitted on them."""

from warehouse_ai.tabular.record_batches import feature_batches
from warehouse_ai.tabular.transaction_features import FEATURES, Transactions, features, stream

__all__ = ["FEATURES", "Transactions", "feature_batches", "features", "stream"]
