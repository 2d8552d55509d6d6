"""Make the numeric landing data of the customer pipeline: customers, transactions, support contacts, cancellations, and the truth.

    python seeds/generate.py

One seed, one result. Months are simulated one after another. At the start of each, a customer who is still there leaves within it with
the probability ``sigmoid(HAZARD . state)``, where the state is what a data team could compute that day (see ``HAZARD``). Until they
leave, customers buy at a rate that drifts, and write to support. So the label of a month is a coin whose bias is known: the AUC of the
true probabilities is the best that any model can reach on average, and it is printed. A third of the support contacts have a message
out of ``messages.json``. Errors of the kinds in ``ERRORS`` are planted afterwards, in some rows three, and listed in
``planted_errors.csv``.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

SEED = 20260101
CUSTOMERS = 5200
START = pd.Timestamp("2024-06-01")
MONTHS = 24
TRUTH_MONTHS = 8
"""Months at the end whose true probabilities are kept, to measure by."""
COUNTRIES = {"GB": 0.3, "DE": 0.22, "FR": 0.16, "NL": 0.12, "IE": 0.1, "DK": 0.1}
PLANS = {"basic": 0.5, "plus": 0.35, "premium": 0.15}
CATEGORIES = ("garden", "kitchen", "lighting", "storage", "textiles")
CHANNELS = ("app", "store", "web")
REASONS = ("complaint", "delivery", "invoice", "question", "return")
HAZARD = {"intercept": -5.0, "lateness": 1.2, "decline": 1.3, "unresolved": 1.1, "newness": 0.9, "basic": 0.8}
"""Log odds of leaving within a month.

- ``lateness``: days since the last purchase over 90, at most 2;
- ``decline``: purchases of the 90 days before the last 90, less those of the last 90, over their sum plus 1;
- ``unresolved``: support contacts of the last 90 days that were not resolved, at most 3;
- ``newness``: 1 in the first 180 days;
- ``basic``: 1 on the plan of that name.
"""
WRITTEN = 0.34
"""Share of the support contacts that have a message; the others are calls that nobody noted down."""
TABLES = {
    "customers": "raw_shop_customers", "transactions": "raw_transactions", "support_contacts": "raw_support_contacts",
    "truth": "churn_truth", "cancellations": "raw_cancellations",
}  # fmt: skip
"""Name of the seed of each table."""
ERRORS = {
    "customers": {
        "missing age": 60, "negative age": 20, "impossible age": 20, "missing income": 80, "income as text": 40, "negative income": 20,
        "impossible credit score": 30, "malformed email": 40, "future signup": 15, "mistyped country": 30, "duplicated row": 25,
        "nonsense about": 30,
    },
    "transactions": {
        "missing amount": 80, "negative amount": 60, "amount as text": 60, "impossible amount": 40, "zero quantity": 60, "future date": 40,
        "late arrival": 120, "duplicated row": 90, "unknown customer": 40, "mistyped channel": 60,
    },
    "support_contacts": {"missing reason": 40, "negative minutes": 30, "unknown customer": 20, "duplicated row": 20},
}  # fmt: skip
"""How many rows of each table get each kind of error, and no other."""
SEVERAL = {"customers": 60, "transactions": 150, "support_contacts": 20}
"""How many rows get three errors at once."""
ABOUT = {
    "who": ("Retired teacher", "Night nurse", "Two students sharing a flat", "Carpenter", "Young family with twins", "Bookkeeper",
            "Chef", "Landlady of three rooms", "Translator working from home", "Bus driver", "Amateur beekeeper", "Architect",
            "Widower", "Founder"),
    "where": ("in an old farmhouse", "in a fifth-floor flat", "by the harbour", "near the station", "in a terraced house",
              "on a houseboat", "at the edge of town", "above a bakery", "in a new estate", "in a converted mill"),
    "what": ("buys mostly for the balcony", "furnishing room by room", "likes things that last", "always waits for the sales",
             "shops for presents", "returns what does not fit", "repairs before replacing", "orders late at night", "collects old lamps",
             "replaces one chair a year"),
}  # fmt: skip
NONSENSE = (
    "asdf asdf",
    "xxxxxxx",
    "test 123",
    "n/a n/a n/a",
    "lorem ipsum dolor",
    "qwertz 999",
    "........",
    "delete me",
    "??? tbd",
    "0000",
)


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Logistic function."""
    return 1 / (1 + np.exp(-x))


def simulate(rng: np.random.Generator) -> tuple[pd.DataFrame, ...]:
    """Return customers, transactions, support contacts, the truth and cancellations, all without errors."""
    n = CUSTOMERS
    plan = rng.choice(list(PLANS), n, p=list(PLANS.values()))
    # Four in ten were there before the window; the others join along it.
    signup = np.where(rng.random(n) < 0.4, -rng.integers(1, 900, n), rng.integers(0, (MONTHS - 3) * 30, n))
    rate = rng.gamma(1.6, 0.42, n) + 0.15
    mood = rng.normal(0, 0.3, n)
    spend = rng.normal(3.4, 0.5, n) + np.where(plan == "premium", 0.5, 0.0)
    gone = np.full(n, np.inf)
    days: list[np.ndarray] = [np.empty(0)]
    buyers: list[np.ndarray] = [np.empty(0, int)]
    contacts: list[pd.DataFrame] = []
    truth = []
    for month in range(MONTHS):
        begin, end = (float((START + pd.DateOffset(months=m) - START).days) for m in (month, month + 1))
        there = (signup < begin) & (gone > begin)
        when, who = np.concatenate(days), np.concatenate(buyers)
        last = np.full(n, -np.inf)
        np.maximum.at(last, who, when)
        recent = np.bincount(who[when >= begin - 90], minlength=n)
        before = np.bincount(who[(when < begin - 90) & (when >= begin - 180)], minlength=n)
        written = pd.concat(contacts) if contacts else pd.DataFrame({"who": [], "day": [], "resolved": []})
        open_ones = written[(written.day >= begin - 90) & ~written.resolved.astype(bool)]
        state = {
            "lateness": np.minimum((begin - np.maximum(last, signup)) / 90, 2),
            "decline": (before - recent) / (before + recent + 1),
            "unresolved": np.minimum(np.bincount(open_ones.who.astype(int), minlength=n), 3),
            "newness": begin - signup < 180,
            "basic": plan == "basic",
        }
        p = sigmoid(HAZARD["intercept"] + sum(HAZARD[name] * values for name, values in state.items()))
        leaves = there & (rng.random(n) < p)
        gone = np.where(leaves, begin + rng.random(n) * (end - begin), gone)
        if month >= MONTHS - TRUTH_MONTHS:
            rows = np.flatnonzero(there)
            month_start = START + pd.DateOffset(months=month)
            truth.append(pd.DataFrame({"customer_id": rows, "month": month_start, "probability": p[rows], "churned": leaves[rows]}))
        active = (signup < end) & (gone > begin)
        mood = 0.85 * mood + rng.normal(0, 0.28, n)
        season = 1.0 + 0.35 * np.sin(2 * np.pi * (begin - 120) / 365)
        for rates, kept in ((rate * np.exp(mood) * season, "bought"), (0.05 + 0.05 * (mood < -0.4) + 0.02 * (plan == "basic"), "wrote")):
            who = np.repeat(np.arange(n), np.where(active, rng.poisson(rates), 0))
            when = begin + rng.random(len(who)) * (end - begin)
            here = (when > signup[who]) & (when < gone[who])
            if kept == "bought":
                days.append(when[here])
                buyers.append(who[here])
            else:
                who, when = who[here], when[here]
                contacts.append(
                    pd.DataFrame({"who": who, "day": when, "resolved": rng.random(len(who)) < np.where(mood[who] < 0, 0.62, 0.85)})
                )
    return tables(rng, signup, gone, plan, spend, np.concatenate(days), np.concatenate(buyers), pd.concat(contacts), pd.concat(truth))


def stamp(days: np.ndarray) -> pd.Series:
    """Turn days since the start into timestamps of whole seconds."""
    return pd.Series(START + pd.to_timedelta(np.round(np.asarray(days) * 86400), unit="s"))


def tables(
    rng: np.random.Generator,
    signup: np.ndarray,
    gone: np.ndarray,
    plan: np.ndarray,
    spend: np.ndarray,
    days: np.ndarray,
    buyers: np.ndarray,
    contacts: pd.DataFrame,
    truth: pd.DataFrame,
) -> tuple[pd.DataFrame, ...]:
    """Dress what happened as a company's systems would export it."""
    n = len(signup)
    first = 100_001
    age = np.clip(rng.normal(46, 15, n), 18, 96).round().astype(int)
    income = np.exp(rng.normal(10.4, 0.45, n)).round(-2).astype(int)
    about = ["; ".join((rng.choice(ABOUT["who"]) + " " + rng.choice(ABOUT["where"]), rng.choice(ABOUT["what"]))) for _ in range(n)]
    customers = pd.DataFrame(
        {
            "customer_id": np.arange(first, first + n), "email": [f"customer.{i}@example.{t}" for i, t in
             zip(range(first, first + n), rng.choice(["com", "org", "net"], n), strict=True)],
            "age": age, "income": income, "credit_score": np.clip(rng.normal(690, 75, n), 300, 850).round().astype(int),
            "country": rng.choice(list(COUNTRIES), n, p=list(COUNTRIES.values())), "plan": plan,
            "signed_up_at": stamp(signup).dt.floor("D"), "about": about,
        }
    )  # fmt: skip
    order = np.argsort(days, kind="stable")
    quantity = rng.geometric(0.45, len(days))
    transactions = pd.DataFrame(
        {
            "customer_id": buyers[order] + first, "purchased_at": stamp(days[order]), "quantity": quantity[order],
            "amount": (np.exp(rng.normal(spend[buyers], 0.45)) * quantity**0.8)[order].round(2),
            "category": rng.choice(CATEGORIES, len(days)), "channel": rng.choice(CHANNELS, len(days), p=[0.3, 0.2, 0.5]),
        }
    )  # fmt: skip
    transactions.insert(0, "transaction_id", np.arange(1, len(days) + 1) + 5_000_000)
    transactions["landed_at"] = (transactions.purchased_at + pd.to_timedelta(rng.integers(60, 7200, len(days)), unit="s")).to_numpy()
    contacts = contacts.sort_values("day", kind="stable")
    support = pd.DataFrame(
        {
            "contact_id": np.arange(1, len(contacts) + 1) + 700_000, "customer_id": contacts.who.to_numpy() + first,
            "contacted_at": stamp(contacts.day.to_numpy()), "reason": rng.choice(REASONS, len(contacts)),
            "minutes": np.maximum(1, rng.gamma(2.0, 6.0, len(contacts)).round()).astype(int),
            "is_resolved": contacts.resolved.to_numpy(bool),
        }
    )  # fmt: skip
    truth = truth.assign(customer_id=truth.customer_id + first, month=truth.month.dt.date, probability=truth.probability.round(5))
    left = np.flatnonzero(np.isfinite(gone))
    left = left[np.argsort(gone[left], kind="stable")]
    cancellations = pd.DataFrame({"customer_id": left + first, "cancelled_at": stamp(gone[left])})
    return customers, transactions, support, truth, cancellations


SPOILED = {
    "missing age": ("age", lambda v, r: None),
    "negative age": ("age", lambda v, r: -int(v)),
    "impossible age": ("age", lambda v, r: int(v) + 130),
    "missing income": ("income", lambda v, r: None),
    "income as text": ("income", lambda v, r: r.choice([f"{int(v) // 1000}k", f"EUR {int(v)}", "unknown"])),
    "negative income": ("income", lambda v, r: -int(v)),
    "impossible credit score": ("credit_score", lambda v, r: int(r.choice([0, 9, 99, 999, 7000]))),
    "malformed email": ("email", lambda v, r: r.choice([v.replace("@", " at "), v.replace("example.", "example"), v.split("@")[0]])),
    "future signup": ("signed_up_at", lambda v, r: pd.Timestamp("2031-01-01") + pd.Timedelta(days=int(r.integers(0, 900)))),
    "mistyped country": ("country", lambda v, r: r.choice(["Germny", "UK?", "XX", "Frnace", "D3"])),
    "nonsense about": ("about", lambda v, r: r.choice(NONSENSE)),
    "missing amount": ("amount", lambda v, r: None),
    "negative amount": ("amount", lambda v, r: -v),
    "amount as text": ("amount", lambda v, r: r.choice([f"{v:.2f}".replace(".", ","), f"{v:.2f} EUR", "see invoice"])),
    "impossible amount": ("amount", lambda v, r: round(v * 10_000, 2)),
    "zero quantity": ("quantity", lambda v, r: 0),
    "future date": ("purchased_at", lambda v, r: v + pd.Timedelta(days=3650)),
    "late arrival": ("landed_at", lambda v, r: v + pd.Timedelta(days=int(r.integers(20, 60)))),
    "unknown customer": ("customer_id", lambda v, r: int(v) + 900_000),
    "mistyped channel": ("channel", lambda v, r: r.choice(["wbe", "stroe", "appp", "WEB "])),
    "missing reason": ("reason", lambda v, r: None),
    "negative minutes": ("minutes", lambda v, r: -int(v)),
}
"""Column of each kind of error, and what becomes of its value."""


def spoil(frame: pd.DataFrame, table: str, key: str, rng: np.random.Generator) -> tuple[pd.DataFrame, list[dict[str, object]]]:
    """Plant the errors of a table: one in a row, and in ``SEVERAL`` rows three of different columns."""
    order = rng.permutation(len(frame))
    single, several = np.split(order[: sum(ERRORS[table].values()) + SEVERAL[table]], [sum(ERRORS[table].values())])
    frame = frame.astype(object)
    kinds = [kind for kind in ERRORS[table] if kind in SPOILED]
    wanted = list(zip(single, np.repeat(list(ERRORS[table]), list(ERRORS[table].values())), strict=True))
    for row in several:
        columns: set[str] = set()
        for kind in rng.permutation(kinds):
            column = SPOILED[kind][0]
            if len(columns) < 3 and column not in columns:
                columns.add(column)
                wanted.append((row, kind))
    planted, copies = [], []
    for row, kind in wanted:
        name = frame.iat[row, frame.columns.get_loc(key)]
        column, change = SPOILED.get(kind, (key, None))
        if change is None:
            copies.append(row)
        else:
            place = frame.columns.get_loc(column)
            frame.iat[row, place] = change(frame.iat[row, place], rng)
        planted.append({"table_name": TABLES[table], "row_key": name, "column_name": column, "kind": str(kind)})
    return pd.concat([frame, frame.iloc[copies]]), planted


def changes(customers: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Write customers as change records: each is inserted, some change plan or address, a few ask to be deleted."""
    signed = pd.to_datetime(customers.signed_up_at)
    last = START + pd.DateOffset(months=MONTHS)
    inserts = customers.assign(operation="insert", changed_at=signed.where(signed > START, START).where(signed < last, START))
    moved = inserts.iloc[np.sort(rng.choice(len(inserts), 600, replace=False))]
    days = rng.integers(1, 200, len(moved))
    updates = moved.assign(operation="update", changed_at=np.minimum(moved.changed_at + pd.to_timedelta(days, unit="D"), last))
    updates = updates.assign(plan=np.where(rng.random(len(updates)) < 0.5, updates.plan, rng.choice(list(PLANS), len(updates))))
    erased = updates.iloc[:80].assign(operation="delete", changed_at=last)
    records = pd.concat([inserts, updates, erased]).sort_values(["changed_at", "customer_id"], kind="stable")
    records.insert(0, "change_id", np.arange(1, len(records) + 1))
    return records


def messages(contacts: pd.DataFrame, folder: Path) -> list[str | None]:
    """Draw what was written from ``messages.json``: by reason, and by whether the matter was settled, with what fits both.

    Its generator is its own, so that nothing else depends on how many messages there are.
    """
    texts = json.loads((folder / "messages.json").read_text(encoding="utf8"))
    rng = np.random.default_rng([SEED, 1])
    drawn: list[str | None] = []
    for reason, is_resolved in zip(contacts.reason, contacts.is_resolved, strict=True):
        fitting = texts[reason]["resolved" if is_resolved else "unresolved"] + texts[reason]["either"]
        written, which = rng.random(2)
        drawn.append(fitting[int(which * len(fitting))] if written < WRITTEN else None)
    return drawn


def main() -> None:
    """Write the seeds and print what is in them."""
    rng = np.random.default_rng(SEED)
    folder = Path(__file__).parent
    clean = dict(zip(("customers", "transactions", "support_contacts", "truth", "cancellations"), simulate(rng), strict=True))
    clean["support_contacts"]["message"] = messages(clean["support_contacts"], folder)
    planted: list[dict[str, object]] = []
    for table, key in (("customers", "customer_id"), ("transactions", "transaction_id"), ("support_contacts", "contact_id")):
        clean[table], found = spoil(clean[table], table, key, rng)
        planted += found
    contacts = clean["support_contacts"]
    blank = sorted(set(contacts.contact_id[contacts.message.fillna("x").str.strip() == ""]))
    where = {"table_name": TABLES["support_contacts"], "column_name": "message", "kind": "blank message"}
    planted += [{**where, "row_key": key} for key in blank]
    clean["customers"] = changes(clean["customers"], rng)
    for table, name in TABLES.items():
        clean[table].to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", date_format="%Y-%m-%d %H:%M:%S")
    pd.DataFrame(planted).to_csv(folder / "planted_errors.csv", index=False, lineterminator="\n")
    truth = clean["truth"]
    held = truth[pd.to_datetime(truth.month) >= pd.to_datetime(truth.month).max() - pd.DateOffset(months=3)]
    print(
        json.dumps(
            {
                **{name: len(clean[table]) for table, name in TABLES.items()},
                "planted_errors": len(planted),
                "churn_a_month": round(float(truth.churned.mean()), 4),
                "best_possible_auc": round(float(roc_auc_score(truth.churned, truth.probability)), 4),
                "best_possible_auc_last_4_months": round(float(roc_auc_score(held.churned, held.probability)), 4),
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
