"""Pictures of docs/quality.md: ours beside the published figures, and whether probabilities are what they say."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from benchmarks.plots import plt, save
from benchmarks.quality.page import PUBLISHED, calibration_picture, judged, words
from benchmarks.quality.references import references, targets
from benchmarks.quality.results import figures
from benchmarks.quality.sets import SETS

OURS, THEIRS = "tab:blue", "0.65"
COLUMNS = 4


def draw(rows: Mapping[str, Mapping[str, Any]]) -> None:
    """Draw all pictures that there are figures for.

    Args:
        rows: what was measured of each set, by name.
    """
    published(rows)
    for function in dict.fromkeys(one.function for one in SETS.values()):
        sets = judged(function, rows)
        if sets:
            calibration(sets)
            save(calibration_picture(function))


def published(rows: Mapping[str, Mapping[str, Any]]) -> None:
    """Draw each figure that has published ones beside it as a line: theirs, ours and the target."""
    lines = [
        (name, metric, value, [found.value for found in references(name) if found.metric == metric])
        for name, row in rows.items()
        for metric, value in figures(row).items()
        if any(found.metric == metric for found in references(name))
    ]
    plt.figure(figsize=(8, 1 + 0.26 * len(lines)))
    for place, (name, metric, value, others) in enumerate(reversed(lines)):
        plt.hlines(place, 0, 1, color="0.93", linewidth=1, zorder=0)
        plt.scatter(others, [place] * len(others), color=THEIRS, s=22, zorder=2)
        plt.scatter(value, place, s=42, edgecolor=OURS, facecolor="white" if SETS[name].is_trained_on else OURS, linewidth=1.4, zorder=3)
        if metric in targets(name):
            plt.scatter(targets(name)[metric], place, marker="|", color="black", s=80, zorder=4)
    plt.yticks(range(len(lines)), [f"{name}, {words(metric)}" for name, metric, *_ in reversed(lines)], fontsize=8)
    plt.scatter([], [], s=42, edgecolor=OURS, facecolor=OURS, label="ours, no text of the set seen")
    plt.scatter([], [], s=42, edgecolor=OURS, facecolor="white", linewidth=1.4, label="ours, other rows of the set trained on")
    plt.scatter([], [], color=THEIRS, s=22, label="published")
    plt.scatter([], [], marker="|", color="black", s=80, label="target")
    plt.legend(loc="upper center", bbox_to_anchor=(0.4, 1 + 1.1 / (1 + 0.26 * len(lines))), ncols=2, frameon=False, fontsize=8)
    plt.xlim(min([0.3, *(min(value, *others) - 0.02 for *_, value, others in lines)]), 1)
    plt.ylim(-0.7, len(lines) - 0.3)
    save(PUBLISHED)


def calibration(sets: Mapping[str, Mapping[str, list[dict[str, Any]]]]) -> None:
    """Draw the share that was right beside the mean probability, bin by bin, one panel a set; larger dots are more rows.

    Args:
        sets: ten bins by what is judged, by set.
    """
    columns = min(COLUMNS, len(sets))
    lines = math.ceil(len(sets) / columns)
    _, axes = plt.subplots(lines, columns, figsize=(2.5 * columns, 2.7 * lines), squeeze=False)
    for axis, (name, parts) in zip(axes.flat, sets.items(), strict=False):
        axis.plot([0, 1], [0, 1], color="0.8", linewidth=1)
        for part, bins in parts.items():
            full = [one for one in bins if one["count"]]
            total = sum(one["count"] for one in full)
            mean, share = [one["mean_score"] for one in full], [one["share_right"] for one in full]
            drawn = axis.plot(mean, share, linewidth=1, label=part.replace("_", " "))[0]
            axis.scatter(mean, share, s=[6 + 60 * one["count"] / total for one in full], color=drawn.get_color())
        axis.set(title=name, xlim=(0, 1), ylim=(0, 1.02), xlabel="mean probability", ylabel="share that is so")
        axis.title.set_fontsize(8)
        axis.xaxis.label.set_fontsize(8)
        axis.yaxis.label.set_fontsize(8)
        axis.tick_params(labelsize=7)
        if len(parts) > 1:
            axis.legend(frameon=False, fontsize=7, loc="upper left")
    for axis in axes.flat[len(sets) :]:
        axis.set_axis_off()
