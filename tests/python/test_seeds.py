from __future__ import annotations

import csv
import json
import re
from collections import Counter, defaultdict
from typing import Any

import yaml

from conftest import ROOT

Grams = dict[tuple[str, ...], set[str]]


def rows(name: str) -> list[dict[str, str]]:
    with (ROOT / f"seeds/{name}.csv").open(encoding="utf8", newline="") as file:
        return list(csv.DictReader(file))


def messages() -> dict[str, dict[str, list[str]]]:
    """Texts of the shop's support contacts by reason, and by whether they fit contacts that were resolved."""
    return json.loads((ROOT / "seeds/messages.json").read_text(encoding="utf8"))


def sequences(text: str, length: int = 6) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}


def seed_texts() -> dict[str, str]:
    """Texts by a name of their own, planted duplicates aside."""
    planted = {r["feedback_id"] for r in rows("feedback_labels") if r["is_planted_duplicate"] == "true"}
    texts = {f"feedback {r['feedback_id']}": r["feedback_text"] for r in rows("raw_feedback") if r["feedback_id"] not in planted}
    for column in ("customer_description", "customer_notes"):
        texts |= {f"{column} {r['customer_id']}": r[column] for r in rows("raw_customers")}
    for reason, fits in messages().items():
        texts |= {f"{reason} {when} {i}": text for when, written in fits.items() for i, text in enumerate(written)}
    texts |= {f"article {r['article_id']}": r["body"] for r in rows("raw_articles")}
    texts |= {f"product {r['product_id']}": r["description"] for r in rows("raw_products")}
    texts |= {f"post {r['post_id']}": r["body"] for r in rows("raw_posts")}
    texts |= {f"comment {r['comment_id']}": r["body"] for r in rows("raw_comments")}
    return {name: text for name, text in texts.items() if text.strip()}


def index(texts: dict[str, str]) -> Grams:
    found: Grams = defaultdict(set)
    for name, text in texts.items():
        for sequence in sequences(text):
            found[sequence].add(name)
    return found


def test_seed_texts_are_written_not_templated() -> None:
    texts = seed_texts()
    assert len(rows("raw_customers")) >= 300
    assert len(rows("raw_feedback")) >= 600
    shared = {name for names in index(texts).values() if len(names) > 1 for name in names}
    assert len(shared) <= 0.02 * len(texts), sorted(shared)


def training_texts(row: dict[str, Any]) -> list[str]:
    if "texts" in row:
        return [text for text, _ in row["texts"]]
    return [row[name] for name in ("text", "premise", "entailment", "neutral", "contradiction") if name in row]


def test_training_texts_share_no_sequence_of_six_words_with_evaluation_texts() -> None:
    known = index(seed_texts())
    whole = {" ".join(re.findall(r"\w+", text.lower())) for text in seed_texts().values()}
    for path in (ROOT / "training/data").glob("*.jsonl"):
        for line in path.read_text(encoding="utf8").splitlines():
            for text in training_texts(json.loads(line)):
                assert not sequences(text) & known.keys(), f"{path.name}: {text}"
                assert " ".join(re.findall(r"\w+", text.lower())) not in whole, f"{path.name}: {text}"


def test_examples_of_labels_share_no_sequence_of_six_words_with_evaluation_texts() -> None:
    known = index(seed_texts())
    sets = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf8"))["vars"]["warehouse_ai_label_sets"]
    for label in (label for labels in sets.values() for label in labels.values()):
        assert not any(sequences(example) & known.keys() for example in label["examples"])


def test_every_label_belongs_to_a_row() -> None:
    assert [r["article_id"] for r in rows("article_labels")] == [r["article_id"] for r in rows("raw_articles")]
    assert [r["product_id"] for r in rows("product_image_truth")] == [r["product_id"] for r in rows("raw_products")]
    customers = {r["customer_id"] for r in rows("raw_customers")}
    assert {r["customer_id"] for r in rows("customer_labels")} <= customers
    assert [r["feedback_id"] for r in rows("feedback_labels")] == [r["feedback_id"] for r in rows("raw_feedback")]


def test_labelled_interests_stand_in_the_notes() -> None:
    notes = {r["customer_id"]: r["customer_notes"] for r in rows("raw_customers")}
    for row in rows("customer_labels"):
        for interest in json.loads(row["interests"]):
            assert interest in notes[row["customer_id"]], row


def test_feedback_holds_blanks_nulls_duplicates_and_other_languages() -> None:
    texts = [r["feedback_text"] for r in rows("raw_feedback")]
    assert "" in texts
    assert any(t and not t.strip() for t in texts)
    assert len({r["language"] for r in rows("feedback_labels")} - {"", "en"}) >= 5
    assert sum(r["is_planted_duplicate"] == "true" for r in rows("feedback_labels")) >= 10


def test_messages_of_contacts_fit_their_reason_and_whether_they_were_resolved() -> None:
    texts = messages()
    assert len({text for fits in texts.values() for written in fits.values() for text in written}) >= 330
    contacts = [row for row in rows("raw_support_contacts") if row["message"] and row["reason"]]
    assert 0.3 < len(contacts) / len(rows("raw_support_contacts")) < 0.37
    for row in contacts:
        fits = texts[row["reason"]]
        assert row["message"] in fits["either"] + fits["resolved" if row["is_resolved"] == "True" else "unresolved"], row


def test_images_lie_where_the_catalogue_says_and_only_the_missing_ones_do_not() -> None:
    states = {r["product_id"]: r["image_state"] for r in rows("product_image_truth")}
    paths = {r["image_path"]: states[r["product_id"]] for r in rows("raw_products")}
    assert {path for path, state in paths.items() if state != "missing"} == {
        path.relative_to(ROOT).as_posix() for path in (ROOT / "files/products").iterdir()
    }
    assert {"ok", "dark", "blurred", "noisy", "broken", "missing"} == set(paths.values())


def test_articles_are_spread_over_topics_sentiments_and_lengths() -> None:
    labels = rows("article_labels")
    for column, least in (("topic", 40), ("sentiment", 60)):
        counts = Counter(r[column] for r in labels)
        assert min(counts.values()) >= least, counts
    lengths = sorted(len(r["body"].split()) for r in rows("raw_articles"))
    assert lengths[2] < 30
    assert lengths[-5] > 400


def test_every_post_and_comment_has_one_truth_and_reviews_belong_to_one_of_them() -> None:
    posts = {("post", r["post_id"]): r["posted_at"] for r in rows("raw_posts")}
    comments = {("comment", r["comment_id"]): r["commented_at"] for r in rows("raw_comments")}
    written = posts | comments
    assert sorted((r["item_type"], r["item_id"]) for r in rows("moderation_truth")) == sorted(written)
    assert all(r["commented_at"] > posts["post", r["post_id"]] for r in rows("raw_comments"))
    assert all(r["reviewed_at"] > written[r["item_type"], r["item_id"]] for r in rows("moderation_reviews"))
