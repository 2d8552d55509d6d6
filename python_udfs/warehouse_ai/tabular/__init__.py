"""Features of numeric tables, computed by torch over all groups at once."""

from warehouse_ai.tabular.record_batches import feature_batches
from warehouse_ai.tabular.transaction_features import FEATURES, Transactions, features, stream

__all__ = ["FEATURES", "Transactions", "feature_batches", "features", "stream"]
