"""Compare what `topic_review_queue` puts forward with a random choice of as many messages.

    python -m benchmarks.feedback_loop

Ten times, half of the English customers' messages are held out at random. Of the other half three rounds are reviewed, once by the
rule of the queue and once at random, and after each round `ai_fit` is judged on the same held-out half. The rule is written here again,
over arrays: before anything is measured it has to choose, from all messages, the very rounds of ``seeds/topic_reviews.csv`` that the SQL
chose. Writes ``results/feedback_loop.json``.
"""

from __future__ import annotations

import csv
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

import warehouse_ai
from benchmarks.machine import write
from warehouse_ai.functions import heads
from warehouse_ai.functions.frame import Call
from warehouse_ai.functions.labels import Label, LabelHead, label_head
from warehouse_ai.models.embedder import Embedder
from warehouse_ai.runtime.context import Context

ROOT = Path(__file__).parents[1]
DRAWS = 10
ROUNDS = 3
CLOSE = 0.1
"""Margin of a `close_call`, which is queued whatever its score."""


@dataclass(frozen=True, eq=False)
class Messages:
    """Texts with what is known of them, the first messages (round 0) before the customers'.

    Attributes:
        texts: distinct texts.
        topics: right topics, NumPy array of str.
        unit: embeddings, float32 ``[texts, dimension]``.
        round: 0 to 3 as in the seed, -1 where nobody has reviewed.
        queued: whether the queue may hold a text: a customer's, in English as `ai_detect_language` sees it.
        english: whether it is a customer's and labelled as English.
    """

    texts: list[str]
    topics: np.ndarray
    unit: np.ndarray
    round: np.ndarray
    queued: np.ndarray
    english: np.ndarray


def rows(seed: str) -> list[dict[str, str]]:
    """Read a seed."""
    with (ROOT / f"seeds/{seed}.csv").open(encoding="utf8", newline="") as file:
        return list(csv.DictReader(file))


def read() -> Messages:
    """Read the seeds and embed every text."""
    labels = {row["feedback_id"]: row for row in rows("feedback_labels")}
    reviewed = {row["feedback_id"]: int(row["review_round"]) for row in rows("topic_reviews") if row["feedback_id"]}
    first = [row for row in rows("topic_reviews") if not row["feedback_id"]]
    written = {row["feedback_text"].strip(): row["feedback_id"] for row in reversed(rows("raw_feedback")) if row["feedback_text"].strip()}
    customers = sorted(written.items(), key=lambda item: int(item[1]))
    texts = [row["feedback_text"] for row in first] + [text for text, _ in customers]
    topics = [row["topic"] for row in first] + [labels[key]["topic"] for _, key in customers]
    with warehouse_ai.connect(":memory:") as connection:
        connection.execute("create table messages (place integer, body varchar)")
        connection.executemany("insert into messages values (?, ?)", list(enumerate(texts)))
        found = connection.execute("select ai_embed(body), ai_detect_language(body) from messages order by place").fetchall()
    return Messages(
        texts,
        np.array(topics),
        np.array([vector for vector, _ in found], np.float32),
        np.array([0] * len(first) + [reviewed.get(key, -1) for _, key in customers]),
        np.array([place >= len(first) and language == "en" for place, (_, language) in enumerate(found)]),
        np.array([False] * len(first) + [labels[key]["language"] == "en" for _, key in customers]),
    )


class Loop:
    """Rounds of reviews over some messages."""

    def __init__(self, messages: Messages, batch: int, folder: Path) -> None:
        """Read what the labels' names say, once for all heads."""
        self.messages, self.batch = messages, batch
        self.start = np.flatnonzero(messages.round == 0)
        self.labels = sorted(set(messages.topics[self.start].tolist()))
        call = Call("ai_fit", "", "fail", Context(cache_dir=folder))
        named = label_head([Label(label, "", ()) for label in self.labels], Embedder(), call)
        if not isinstance(named, LabelHead):
            raise SystemExit(named.message)
        self.named = named

    def fit(self, reviewed: np.ndarray) -> heads.Head:
        """Fit a head as `ai_fit` does."""
        ordered = sorted(reviewed.tolist(), key=lambda i: (self.messages.texts[i], self.messages.topics[i]))
        pairs = [(self.messages.texts[i], str(self.messages.topics[i])) for i in ordered]
        return heads.Head.from_row(heads.fit(pairs, self.messages.unit[ordered], "", lambda _: self.named) | {"model": ""})

    def queue(self, head: heads.Head, waiting: np.ndarray) -> np.ndarray:
        """Choose a batch as `topic_review_queue` does."""
        unit = self.messages.unit[waiting]
        p = head.probabilities(unit).astype(np.float64)
        best = np.sort(p, axis=1)
        margin = best[:, -1] - best[:, -2]
        useful = (1 - margin) * (unit @ unit.mean(axis=0))
        doubtful = (margin < CLOSE) | (best[:, -1] < (head.thresholds.get("p90") or heads.NEVER))
        turns: dict[int, int] = {}
        order = []
        for place in np.argsort(-useful, kind="stable"):
            if doubtful[place]:
                answer = int(p[place].argmax())
                turns[answer] = turns.get(answer, 0) + 1
                order.append((turns[answer], -useful[place], place))
        return waiting[[place for _, _, place in sorted(order)[: self.batch]]]

    def accuracies(self, pool: np.ndarray, held_out: np.ndarray, random: np.random.Generator | None) -> list[float]:
        """Run the rounds, by the queue or at random, and return the accuracy after each, the start first."""
        reviewed, found = self.start, []
        for number in range(ROUNDS + 1):
            head = self.fit(reviewed)
            answers = np.array(head.labels)[head.probabilities(self.messages.unit[held_out]).argmax(axis=1)]
            found.append(float((answers == self.messages.topics[held_out]).mean()))
            if number < ROUNDS:
                waiting = np.setdiff1d(pool, reviewed)
                chosen = random.choice(waiting, self.batch, replace=False) if random else self.queue(head, waiting)
                reviewed = np.concatenate([reviewed, chosen])
        return found

    def check(self) -> None:
        """Hold the rule against the rounds of the seed.

        Raises:
            SystemExit: the SQL chose others.
        """
        reviewed, waiting = self.start, np.flatnonzero(self.messages.queued)
        for number in range(1, ROUNDS + 1):
            chosen = self.queue(self.fit(reviewed), np.setdiff1d(waiting, reviewed))
            if set(chosen.tolist()) != set(np.flatnonzero(self.messages.round == number).tolist()):
                raise SystemExit(
                    f"round {number} of seeds/topic_reviews.csv is not what the rule chooses: run python seeds/review_topics.py"
                )
            reviewed = np.concatenate([reviewed, chosen])


def spread(values: np.ndarray) -> dict[str, list[float]]:
    """Mean and standard deviation over draws, for each round."""
    return {"mean": values.mean(axis=0).round(4).tolist(), "sd": values.std(axis=0, ddof=1).round(4).tolist()}


def main() -> None:
    """Measure, print and write."""
    batch = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf8"))["vars"]["topic_review_batch"]
    messages = read()
    english = np.flatnonzero(messages.english)
    with tempfile.TemporaryDirectory() as folder:
        loop = Loop(messages, batch, Path(folder))
        loop.check()
        by_queue, at_random = [], []
        for draw in range(DRAWS):
            random = np.random.default_rng(draw)
            held_out, pool = np.array_split(random.permutation(english), 2)
            pool = np.sort(pool[messages.queued[pool]])
            by_queue.append(loop.accuracies(pool, held_out, None))
            at_random.append(loop.accuracies(pool, held_out, random))
    queue, chance = np.array(by_queue), np.array(at_random)
    figures: dict[str, Any] = {
        "command": "python -m benchmarks.feedback_loop",
        "messages": len(english),
        "held_out": len(held_out),
        "draws": DRAWS,
        "labels": [len(loop.start) + batch * number for number in range(ROUNDS + 1)],
        "accuracy": {"queue": spread(queue), "random": spread(chance), "queue_less_random": spread(queue - chance)},
        "draws_where_the_queue_rose_in_every_round": int((np.diff(queue, axis=1) > 0).all(axis=1).sum()),
        "draws_where_random_rose_in_every_round": int((np.diff(chance, axis=1) > 0).all(axis=1).sum()),
    }
    print(json.dumps(figures, indent=2))
    write("feedback_loop", figures)


if __name__ == "__main__":
    main()
