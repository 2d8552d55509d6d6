"""Draw what the content models of the built pipeline say, beside the truth that ships with the data.

    python -m benchmarks.content_plots [--database warehouse.duckdb]

Writes ``docs/images/article_topics.svg`` (confidence of a topic beside the share that is right) and ``docs/images/image_quality.svg``
(quality of images by what was done to them).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import duckdb
import numpy as np

from benchmarks.plots import plt, save

TOPICS = """
select ntile(5) over (order by articles.topic_confidence) as fifth, articles.topic_confidence, articles.topic = labels.topic as is_right
from main_silver.classified_articles as articles
inner join main_landing.article_labels as labels on articles.article_id = labels.article_id
where articles.topic is not null
"""
QUALITY = """
select truth.image_state, images.image_quality
from main_silver.product_images as images
inner join main_landing.product_image_truth as truth on images.product_id = truth.product_id
where images.image_quality is not null
order by truth.image_state, images.product_id
"""


def main() -> None:
    """Read the database and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", type=Path, default=Path("warehouse.duckdb"))
    with duckdb.connect(str(parser.parse_args().database), read_only=True) as connection:
        topics = connection.execute(
            f"select avg(topic_confidence), avg(is_right::integer), count(*) from ({TOPICS}) group by fifth order by fifth"
        ).fetchall()
        quality = connection.execute(QUALITY).fetchall()
    confidence, right, count = zip(*topics, strict=True)
    plt.figure(figsize=(4.5, 4))
    plt.plot([0, 1], [0, 1], color="0.8")
    plt.plot(confidence, right, "o-")
    plt.xlabel(f"mean confidence of the topic, fifths of {sum(count)} articles")
    plt.ylabel("share whose topic is right")
    save("article_topics")

    medians = {state: float(np.median([q for s, q in quality if s == state])) for state, _ in quality}
    states = sorted(medians, key=lambda state: (-medians[state], state))
    plt.figure(figsize=(5, 3.5))
    plt.boxplot([[q for s, q in quality if s == state] for state in states], tick_labels=states)
    plt.axhline(0.6, color="0.8")
    plt.ylabel("image quality; below 0.6 a person looks")
    save("image_quality")


if __name__ == "__main__":
    main()
