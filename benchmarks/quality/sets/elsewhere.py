"""Sets that other commands measure, and enter with their own figures."""

from __future__ import annotations

from benchmarks.quality.sets.definition import NEVER, PublicSet

ABSTRACTS = "300 claims, whole abstracts"
CUT = "300 claims, abstracts cut at 256 tokens"
SCIFACT = {
    "scifact_vector_cut_at_256_tokens": (CUT, "by meaning"),
    "scifact_vector": (ABSTRACTS, "by meaning"),
    "scifact_bm25": (ABSTRACTS, "by words"),
    "scifact_hybrid": (ABSTRACTS, "by both"),
    "scifact_hybrid_cut_at_256_tokens": (CUT, "by both"),
}
POOLED = "The published encoder reads the first 256 tokens of an abstract. `ai_search` reads all of it, window by window; the cut form is\
 measured for the comparison."
DOCUMENTS = ("docx", "html", "md", "odf", "pdf", "pptx", "xlsx")
RATINGS = {"calendar": "last tenth of all ratings", "own": "last tenth of each user's ratings"}

SETS = (
    *(
        PublicSet(
            name,
            "ai_search",
            "SciFact",
            f"{rows}, {method}",
            NEVER,
            ("ndcg_at_10",),
            note=POOLED if name == "scifact_vector_cut_at_256_tokens" else "",
        )
        for name, (rows, method) in SCIFACT.items()
    ),
    *(
        PublicSet(f"docling_{kind}", "ai_parse_document", "Docling's files", kind.upper(), NEVER, ("word_recall_of_parsed",))
        for kind in DOCUMENTS
    ),
    PublicSet("invoices_invoice2data", "ai_extract", "invoice2data's invoices", "fields of 12 invoices", NEVER, ("fields_right",)),
    *(
        PublicSet(
            f"movielens_{split}",
            "fct_recommendations",
            "MovieLens 100k",
            rows,
            "no; fitted on earlier ratings",
            ("combined",),
            model="embed",
        )
        for split, rows in RATINGS.items()
    ),
)
