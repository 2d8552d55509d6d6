"""What docs/quality.md says around its tables."""

NOT_YET = "not measured yet"
SECTIONS = {
    "ai_embed": "The vectors that every other function but those of pictures stands on.",
    "ai_similarity": "The cosine of two texts beside the likeness that people gave them.",
    "ai_search": "Claims of researchers are the questions, abstracts the texts; nDCG@10 as BEIR measures it.",
    "ai_classify": """\
Zero-shot: the labels stand in the call, by their names in words or by a line that describes each, and no labelled text is read. All of them
stand in `benchmarks/quality/sets/classify.py`.""",
    "ai_fit": """\
A head is fitted in the run on labelled texts of the set, which the table names, and asked about its test split. The encoder under it is the
published one and never changes.""",
    "ai_sentiment": "Of two classes the sign of the score decides; of three the likeliest class.",
    "ai_sentiment_aspects": """\
Each text is asked for one aspect that it mentions. An aspect that is said not to be mentioned counts as wrong.""",
    "ai_filter": """\
Whether the text entails the statement. Balanced accuracy is the mean of how many true statements are found true and how many others are
not; 0.5 is chance. Figures published for these sets tell three classes apart and cannot stand beside it.""",
    "ai_extract": """\
A span is right where field, start and end are exact; F1 counts all spans together. Zero-shot means that no text of the set was trained
on, and of `own_fields` no name either. The kinds of CrossNER are asked for in words; 37 of its 39, such as `band` and `country`, also
stand as names of fields in texts that were written for this project.""",
    "ai_detect_pii": "What `ai_redact` would mask, looked for in all 15 categories of the set.",
    "ai_keywords": """\
A found and a labelled phrase are the same where they are equal or one contains the other as whole words, letter case aside. No score is
published on these texts.""",
    "ai_summarize": """\
Best recall is the share of the sentences labelled as best that were chosen, accepted the share of the chosen ones that are best or
acceptable. No score is published on these texts.""",
    "ai_detect_language": "No language is given in the call. No score is published on these texts.",
    "ai_sentences": "English texts that are hard to split. No score is published on them.",
    "ai_moderate": "Probabilities of six kinds of harm, independent of each other.",
    "ai_parse_document": """\
Share of the words of another parser's Markdown that are found, of the files that could be read (`python -m benchmarks.documents`). No score
is published on these files.""",
    "fct_recommendations": """\
nDCG@10 of the films that users came to rate, for the way the pipeline ranks (`python -m benchmarks.recommendations`); see
[recommendations](recommendations.md).""",
}
"""What stands over the table of each function, in the order of the page."""
WORDS = {
    "auc": "AUC",
    "combined": "nDCG@10",
    "f1": "F1",
    "macro_f1": "macro-F1",
    "invoice_f1": "F1 of invoices",
    "long_accuracy": "accuracy of long texts",
    "middle_accuracy": "accuracy of middle texts",
    "ndcg_at_10": "nDCG@10",
    "note_f1": "F1 of notes",
    "short_accuracy": "accuracy of short texts",
    "spearman": "Spearman",
    "ticket_f1": "F1 of tickets",
    "token_f2": "token F2",
    "weighted_f1": "weighted F1",
}
"""Figures whose name does not read as it is written."""
INTRODUCTION = """\
# Quality

<!-- Made by `python -m benchmarks.quality.page` from benchmarks/results/quality.json: measure, do not edit. -->

How good the functions are on texts with known answers: public sets, beside what others have published on the same sets, and texts that were
written and labelled for this project.

## How it was measured

`make eval` makes a dbt project that installs this package, with one model a set that calls the macro as a user would, with the shipped
weights and default settings; single sets by `python -m benchmarks.quality NAME`, with the names below. The sets do not come with the
project (`WAREHOUSE_AI_DATA` names their folder), the project's own texts do (`benchmarks/labelled/`, the sets `own_...`, which nothing was
trained on). All rows of a split are asked, and a text without an answer counts as answered wrongly.

- **Trained on it?** says what the shipped weights saw of a set; **yes** stands where they saw other rows than those that are asked. The
  encoder came trained from its authors, among much else on SNLI and MultiNLI.
- **Zero-shot** means that the function was given no labelled text of the set, in training or in the call: labels, statements or field names
  alone. Where the table says that a split calibrates, numbers that make probabilities honest were fitted on it.
- **Published** figures are those of the sources at the end of the page, each with what its model had to learn from: zero-shot, a few texts
  and a whole training split are different tasks. † marks what was recalled and not looked up: do not quote it. Nearly all are of models
  that were trained on the set, often of several times the size: ours has 22 million parameters.
- **Target** is what the project aims at, and whether it is reached. \\* marks figures of weights that do not ship any more.
"""
CALIBRATED = """\
A probability is calibrated when of the answers with 0.8 four in five are right. The error is the mean distance between the probability and
the share that is right, over ten bins of equal width (expected calibration error): of the likeliest label, class or answer; for
`ai_moderate` of the probability of each category that the set labels, and their mean. Coverage says which share of the texts a threshold
answers so that 90, 95 or 99 % of its answers are right: the rest would go to a person.
"""
