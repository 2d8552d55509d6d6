"""Features of each transaction from the customer's transactions up to and including it.

A customer's rows stand in the order of time, then transaction id; no feature looks at a later row. A window counts rows, whether their
amount is known or not; amounts that are NaN are skipped inside it, as NumPy's nan-functions do. Amounts and quantities are in the units
of the input, days are of 24 hours.

| feature | window | value |
| --- | --- | --- |
| ``amount_mean_5`` | last 5 rows | mean of the amounts; NaN where none is known |
| ``amount_log1p`` | the row | ``log(1 + amount)``; NaN for a negative amount |
| ``amount_sqrt`` | the row | square root of the amount; NaN for a negative one |
| ``amount_zscore`` | all rows so far | (amount - mean) / standard deviation with ddof 1; NaN for one amount or a deviation of 0 |
| ``amount_p25``, ``_p50``, ``_p75``, ``_p95`` | last 20 rows | percentiles of the amounts, as ``numpy.nanpercentile`` (linear) |
| ``amount_per_quantity`` | the row | amount / quantity; NaN where the quantity is 0 or NaN |
| ``quantity_per_amount`` | the row | quantity / amount; NaN where the amount is 0 or NaN |
| ``amount_ema`` | all rows so far | ``0.1 * amount + 0.9 * previous average``; starts at the first known amount, NaN amounts leave it |
| ``amount_trend`` | last 2 rows | amount less the one before; NaN where either is unknown |
| ``amount_acceleration`` | last 3 rows | trend less the one before; NaN where one of the three amounts is unknown |
| ``days_since_previous`` | last 2 rows | days since the row before; NaN for a customer's first |
| ``days_since_first`` | all rows so far | days since the customer's first row |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch

from warehouse_ai.runtime.device import Device, choose, map_unordered
from warehouse_ai.tabular.scan import linear_scan
from warehouse_ai.tabular.trailing import WIDTH, trailing_quantiles

FEATURES = (
    "amount_mean_5", "amount_log1p", "amount_sqrt", "amount_zscore", "amount_p25", "amount_p50", "amount_p75", "amount_p95",
    "amount_per_quantity", "quantity_per_amount", "amount_ema", "amount_trend", "amount_acceleration", "days_since_previous",
    "days_since_first",
)  # fmt: skip
ALPHA = 0.1
MEAN_ROWS = 5
PERCENTILES = {"amount_p25": 0.25, "amount_p50": 0.5, "amount_p75": 0.75, "amount_p95": 0.95}
DAY = 86_400_000_000
"""Microseconds."""
LARGEST = 1e140
"""Amounts beyond it would overflow when they are squared and summed."""
BLOCK = {"cpu": 32768, "cuda": 1 << 22}
"""Rows that are computed together: on a processor, few enough for its cache and enough to make calls cheap."""

Columns = dict[str, npt.NDArray[np.float64]]


class Transactions(NamedTuple):
    """Columns of transactions, sorted by customer, time and transaction id.

    Attributes:
        customer: codes of the customers, int64 ``[n]``.
        time: microseconds since any moment, int64 ``[n]``.
        transaction: ids, int64 ``[n]``; different within one moment of a customer.
        amount: float64 ``[n]``, NaN where unknown.
        quantity: float64 ``[n]``, NaN where unknown.
    """

    customer: npt.NDArray[np.int64]
    time: npt.NDArray[np.int64]
    transaction: npt.NDArray[np.int64]
    amount: npt.NDArray[np.float64]
    quantity: npt.NDArray[np.float64]


@dataclass(frozen=True)
class _State:
    """What the next row needs to know of the rows before it; all but the key is of the last row's customer.

    Attributes:
        key: customer, time and id of the last row.
        recent: the last amounts, as many as any window looks back.
        first: time of the first row.
        count: known amounts.
        origin: the first known amount; sums are of differences from it.
        total: sum of the differences.
        squares: sum of their squares.
        average: exponential moving average.
    """

    key: tuple[int, int, int]
    recent: torch.Tensor
    first: int
    count: int = 0
    origin: float = 0.0
    total: float = 0.0
    squares: float = 0.0
    average: float = 0.0


def features(transactions: Transactions, device: str = "cpu") -> Columns:
    """Compute all features of a table.

    Args:
        transactions: the table, sorted.
        device: ``cpu``, ``cuda``, or ``auto`` for cuda where there is one.

    Returns:
        A float64 array ``[n]`` for each name in ``FEATURES``.

    Raises:
        ValueError: not sorted, columns of different lengths, an infinite amount, or a device that is not there.
    """
    return _extend(None, transactions, _device(device))[0]


def stream(batches: Iterable[Transactions], device: str = "cpu") -> Iterator[Columns]:
    """Compute the features of a table that comes in batches; of what went by, only a few numbers are kept.

    Args:
        batches: consecutive rows of a sorted table; a border may fall between two rows of a customer.
        device: as in ``features``.

    Yields:
        The features of each batch, as ``features`` returns them.

    Raises:
        ValueError: as ``features`` does; the order is checked across batches too.
    """
    where, state = _device(device), None
    for batch in batches:
        found, state = _extend(state, batch, where)
        yield found


def _device(wanted: str) -> Device:
    if wanted == "auto":
        # mps, the third that there could be, does not know float64.
        wanted = "cuda" if torch.cuda.is_available() else "cpu"
    if wanted not in BLOCK:
        raise ValueError(f"device is '{wanted}': use one of auto, {', '.join(BLOCK)}")
    return choose(wanted)


def _extend(state: _State | None, batch: Transactions, device: Device) -> tuple[Columns, _State | None]:
    """Compute the features of the rows that come after a state."""
    rows = len(batch.customer)
    if any(len(column) != rows for column in batch):
        raise ValueError(f"the columns have {', '.join(str(len(column)) for column in batch)} rows: all need the same number")
    # A column that cannot be written to, as Arrow hands out, would make torch warn.
    columns = [torch.from_numpy(np.require(c, t, ["C", "W"])) for c, t in zip(batch, (np.int64,) * 3 + (np.float64,) * 2, strict=True)]
    out = torch.empty((len(FEATURES), rows), dtype=torch.float64)
    block = BLOCK[device.kind]

    def run(part: tuple[int, int]) -> _State | None:
        start, stop = part
        current = state if start == 0 else _opened(columns, start - 1)
        space = torch.empty((WIDTH + 2, WIDTH + min(block, stop - start)), dtype=torch.float64, device=device.kind)
        for at in range(start, stop, block):
            here = slice(at, min(at + block, stop))
            found, current = _block(current, [column[here].to(device.kind) for column in columns], space)
            for name, values in zip(FEATURES, out, strict=True):
                values[here] = found[name]
        return current

    last = state
    parts = _parts(batch.customer, min(device.workers, max(rows // block, 1)))
    for part, result in map_unordered(device, run, parts) if len(parts) > 1 else ((part, run(part)) for part in parts):
        if isinstance(result, Exception):
            raise result
        if part[1] == rows:
            last = result
    return dict(zip(FEATURES, out.numpy(), strict=True)), last


def _parts(customer: npt.NDArray[np.int64], number: int) -> list[tuple[int, int]]:
    """Cut rows where a customer ends into at most so many parts."""
    borders = {0, len(customer)}
    for part in range(1, number):
        middle = len(customer) * part // number
        borders.add(middle + int(np.searchsorted(customer[middle:], customer[middle], "right")))
    ends = sorted(borders)
    return list(pairwise(ends))


def _opened(columns: list[torch.Tensor], row: int) -> _State:
    """Return the state after a customer's last row: only the key matters, for the next customer starts anew."""
    customer, time, transaction = (int(column[row]) for column in columns[:3])
    return _State((customer, time, transaction), columns[3][:0], time)


def _check(state: _State | None, customer: torch.Tensor, time: torch.Tensor, transaction: torch.Tensor, amount: torch.Tensor) -> None:
    def falls(column: torch.Tensor, number: int) -> tuple[torch.Tensor, torch.Tensor]:
        if state is not None:
            column = torch.cat((column.new_tensor([state.key[number]]), column))
        return column[1:] < column[:-1], column[1:] == column[:-1]

    (lower, same), (earlier, tied), (behind, equal) = falls(customer, 0), falls(time, 1), falls(transaction, 2)
    wrong = lower | same & (earlier | tied & (behind | equal))
    if wrong.any():
        row = int(wrong.nonzero()[0]) + (state is None)
        raise ValueError(
            "transactions must be sorted by customer, time and transaction id, without a transaction twice: this one comes too late: "
            f"customer {int(customer[row])}, time {int(time[row])}, transaction {int(transaction[row])}"
        )
    if (amount.abs() > LARGEST).any():
        raise ValueError(f"an amount is infinite or beyond {LARGEST:g}: clean it, or pass NaN")


def _block(state: _State | None, columns: list[torch.Tensor], space: torch.Tensor) -> tuple[dict[str, torch.Tensor], _State]:
    """Compute the features of some rows and the state after them; ``space`` is for ``trailing_quantiles``.

    For each row, ``head`` is the first row of its customer in the block and ``position`` how many of the customer's stand between.
    """
    customer, time, transaction, amount, quantity = columns
    _check(state, customer, time, transaction, amount)
    continues = state is not None and int(customer[0]) == state.key[0]
    begins = torch.ones_like(customer, dtype=torch.bool)
    torch.ne(customer[1:], customer[:-1], out=begins[1:])
    head = begins.nonzero().squeeze(1).index_select(0, begins.long().cumsum(0) - 1)
    position = torch.arange(len(customer), device=customer.device) - head

    before = state if continues else None
    found = {
        "amount_log1p": amount.log1p().masked_fill_(amount < 0, torch.nan),
        "amount_sqrt": amount.sqrt(),
        "amount_per_quantity": (amount / quantity).masked_fill_(quantity == 0, torch.nan),
        "quantity_per_amount": (quantity / amount).masked_fill_(amount == 0, torch.nan),
    }
    _add_times(found, before, time, head)
    recent = _add_windows(found, before, amount, position, space)
    sums = _add_scans(found, before, amount, begins, head, int(position.max()) + 1)
    first = before.first if before and int(head[-1]) == 0 else int(time[head[-1]])
    return found, _State((int(customer[-1]), int(time[-1]), int(transaction[-1])), recent, first, *sums)


def _add_times(found: dict[str, torch.Tensor], before: _State | None, time: torch.Tensor, head: torch.Tensor) -> None:
    start = time.index_select(0, head)
    since = torch.empty_like(time, dtype=torch.float64)
    since[1:] = (time[1:] - time[:-1]).double() / DAY
    since.masked_fill_(head == torch.arange(len(head), device=head.device), torch.nan)
    if before:
        start.masked_fill_(head == 0, before.first)
        since[0] = (time[0] - before.key[1]).double() / DAY
    found["days_since_previous"] = since
    found["days_since_first"] = (time - start).double() / DAY


def _add_windows(
    found: dict[str, torch.Tensor], before: _State | None, amount: torch.Tensor, position: torch.Tensor, space: torch.Tensor
) -> torch.Tensor:
    """Add what looks back a fixed number of rows; return the amounts that the rows after these look back on."""
    new = len(amount)
    if before:
        old = len(before.recent)
        amount = torch.cat((before.recent, amount))
        # Rows of the customer that the block begins with have the carried rows before them.
        position = torch.where(position == torch.arange(new, device=position.device), position + old, position)
        position = torch.cat((torch.arange(old, device=position.device), position))
    known = ~amount.isnan()
    filled = torch.where(known, amount, 0.0)
    counts = torch.nn.functional.pad(known.long().cumsum(0), (1, 0))
    rows = torch.arange(len(amount), device=amount.device)

    def count(width: int) -> torch.Tensor:
        return counts[1:] - counts.index_select(0, rows - position.clamp(max=width - 1))

    total = filled.clone()
    for lag in range(1, MEAN_ROWS):
        total[lag:] += filled[: max(len(filled) - lag, 0)].masked_fill(position[lag:] < lag, 0.0)
    # Infinity stands behind every amount that is known.
    quantiles = trailing_quantiles(amount.masked_fill(~known, torch.inf), position, count(WIDTH), tuple(PERCENTILES.values()), space)
    windows = {
        # 0 / 0 is the NaN of a window without an amount.
        "amount_mean_5": total / count(MEAN_ROWS),
        **dict(zip(PERCENTILES, quantiles, strict=True)),
    }
    change = torch.full_like(amount, torch.nan)
    change[1:] = (amount[1:] - amount[:-1]).masked_fill_(position[1:] < 1, torch.nan)
    windows["amount_trend"] = change
    turn = torch.full_like(amount, torch.nan)
    turn[1:] = (change[1:] - change[:-1]).masked_fill_(position[1:] < 2, torch.nan)
    windows["amount_acceleration"] = turn
    found.update({name: values[-new:] for name, values in windows.items()})
    return amount[len(amount) - min(int(position[-1]) + 1, WIDTH - 1) :].clone()


def _add_scans(
    found: dict[str, torch.Tensor], before: _State | None, amount: torch.Tensor, begins: torch.Tensor, head: torch.Tensor, longest: int
) -> tuple[int, float, float, float, float]:
    """Add what looks back to the first row; return count, origin, total, squares and average after the last row.

    Deviations come from sums of differences from the customer's first known amount and of their squares. That amount is one of the sample,
    so it lies within sqrt(n - 1) deviations of the mean, and cancellation costs at most a factor n of the precision (Chan, Golub and
    LeVeque, "Algorithms for computing the sample variance", 1983).
    """
    known = ~amount.isnan()
    filled = torch.where(known, amount, 0.0)
    total_known = torch.nn.functional.pad(known.long().cumsum(0), (1, 0))
    earlier = total_known.index_select(0, head)
    count = total_known[1:] - earlier
    # A customer without an amount may stand last: then there is nothing at this place, and nothing reads it.
    origin = torch.cat((amount[known], amount.new_zeros(1))).index_select(0, earlier)
    if before:
        inside = head == 0
        count = torch.where(inside, count + before.count, count)
        if before.count:
            origin.masked_fill_(inside, before.origin)
    first = known & (count == 1)

    difference = torch.where(known, amount - origin, 0.0)
    sums = torch.stack((difference, difference * difference))
    average = torch.where(first, filled, filled * ALPHA)
    keeps = (~begins).to(amount.dtype)
    decay = torch.ones_like(amount).masked_fill_(known, 1 - ALPHA).masked_fill_(begins | first, 0.0)
    if before:
        sums[0, 0] += before.total
        sums[1, 0] += before.squares
        average[0] += before.average * (0.0 if first[0] else 1 - ALPHA if known[0] else 1.0)
    total, squares = linear_scan(keeps, sums, longest)
    average = linear_scan(decay, average, longest)

    variance = (squares - total * total / count) / (count - 1)
    score = (difference - total / count) / variance.sqrt()
    found["amount_zscore"] = score.masked_fill_(~known | ~(variance > 0), torch.nan)
    found["amount_ema"] = average.masked_fill(count == 0, torch.nan)
    return int(count[-1]), float(origin[-1]), float(total[-1]), float(squares[-1]), float(average[-1])
