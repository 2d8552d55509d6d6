"""Features of transactions that come and go as Arrow record batches."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from warehouse_ai.tabular.transaction_features import FEATURES, Transactions, stream

KEYS = {"transaction_id": pa.int64(), "customer_id": pa.int64(), "purchased_at": pa.timestamp("us")}
SCHEMA = pa.schema([*KEYS.items(), *((name, pa.float64()) for name in FEATURES)])


def feature_batches(transactions: pa.RecordBatchReader, device: str = "cpu") -> pa.RecordBatchReader:
    """Compute the features of transactions batch by batch, when the result is read.

    Args:
        transactions: sorted by ``customer_id``, ``purchased_at`` and ``transaction_id``; with ``amount`` and ``quantity``, NULL where
            unknown.
        device: as in ``transaction_features.features``.

    Returns:
        The keys and ``FEATURES`` of each transaction, NULL where a feature is not defined; a batch for each of the input.

    Raises:
        ValueError: while the result is read, for a key that is NULL and as ``transaction_features.stream`` does.
    """
    # The stream takes one batch before it gives its features, so one batch waits here for them.
    waiting: list[pa.RecordBatch] = []

    def arrays() -> Iterator[Transactions]:
        for batch in transactions:
            waiting.append(batch)
            yield _arrays(batch)

    def results() -> Iterator[pa.RecordBatch]:
        for found in stream(arrays(), device):
            batch = waiting.pop()
            keys = [batch[name].cast(type_) for name, type_ in KEYS.items()]
            values = [pa.array(found[name], from_pandas=True) for name in FEATURES]
            yield pa.RecordBatch.from_arrays([*keys, *values], schema=SCHEMA)

    return pa.RecordBatchReader.from_batches(SCHEMA, results())


def _arrays(batch: pa.RecordBatch) -> Transactions:
    for name in KEYS:
        if batch[name].null_count:
            raise ValueError(f"{name} is NULL in {batch[name].null_count} transactions: each needs its keys")
    return Transactions(
        customer=batch["customer_id"].cast(pa.int64()).to_numpy(),
        time=batch["purchased_at"].cast(pa.timestamp("us")).cast(pa.int64()).to_numpy(),
        transaction=batch["transaction_id"].cast(pa.int64()).to_numpy(),
        amount=_known(batch["amount"]),
        quantity=_known(batch["quantity"]),
    )


def _known(column: pa.Array) -> np.ndarray:
    return pc.fill_null(column.cast(pa.float64()), np.nan).to_numpy()
