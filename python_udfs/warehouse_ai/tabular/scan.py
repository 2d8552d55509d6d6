"""First-order linear recurrences over many segments at once."""

from __future__ import annotations

import torch


def linear_scan(decay: torch.Tensor, value: torch.Tensor, longest: int) -> torch.Tensor:
    """Solve ``y[t] = decay[t] * y[t - 1] + value[t]`` along the last axis by doubling.

    The recurrence is an associative scan over pairs ``(decay, value)``; each step joins every element with the one ``lag`` before it, so
    that log2(longest) steps do (Hillis and Steele, "Data parallel algorithms", 1986; Blelloch, "Prefix sums and their applications",
    1990). A decay of 0 begins a segment: nothing from before it enters, since values are finite.

    Args:
        decay: float64 ``[n]``; the first is taken as 0. Overwritten.
        value: float64 ``[..., n]``, finite. Overwritten, and returned.
        longest: elements of the longest segment.

    Returns:
        ``y``, of the shape of ``value``.
    """
    lag = 1
    while lag < longest:
        value[..., lag:] += decay[lag:] * value[..., :-lag]
        if 2 * lag < longest:
            # Rows nearer to the start than the lag have taken in all there is before them, so their decay is not read again.
            decay[lag:] *= decay[:-lag].clone()
        lag *= 2
    return value
