from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from test_documents import Row, ask
from warehouse_ai.functions import classify_image, embed_image, image_features
from warehouse_ai.functions.heads import Head
from warehouse_ai.models.clip import Clip
from warehouse_ai.models.hub import fingerprint
from warehouse_ai.models.images import DIMENSION, HogColour, decode
from warehouse_ai.runtime.context import Context
from warehouse_ai.runtime.run import LEDGER

Image = pytest.importorskip("PIL.Image")
pytest.importorskip("skimage")
pytest.importorskip("imagehash")

LABELS = [{"name": "cat"}, {"name": "dog", "description": "a barking animal", "examples": ["a dog in the snow"]}]


def picture(seed: int = 0, width: int = 60, height: int = 40) -> Any:
    """Draw a smooth picture that differs by its seed."""
    rng = np.random.default_rng(seed)
    return Image.fromarray(rng.integers(0, 256, (5, 5, 3), np.uint8)).resize((width, height), Image.Resampling.BICUBIC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    picture(1).save(tmp_path / "a.png")
    picture(2).save(tmp_path / "b.jpg", quality=95)
    picture(3).save(tmp_path / "c.webp", lossless=True)
    return tmp_path


def features(folder: Path, path: str, **options: Any) -> Row:
    (row,) = ask(image_features, [path], folder, **options)
    assert row is not None
    return row


# ---------------------------------------------------------------- Features


def test_features_of_one_colour_are_its_colour(tmp_path: Path) -> None:
    Image.new("RGB", (30, 20), (255, 0, 51)).save(tmp_path / "a.png")
    row = features(tmp_path, "a.png")
    assert (row["width"], row["height"], row["aspect_ratio"], row["error"]) == (30, 20, 1.5, None)
    assert [row[f"mean_{c}"] for c in ("red", "green", "blue")] == pytest.approx([1, 0, 0.2])
    assert [row[f"variance_{c}"] for c in ("red", "green", "blue")] == pytest.approx([0, 0, 0])
    assert row["brightness"] == pytest.approx(0.2125 + 0.2 * 0.0721)
    assert (row["texture_variance"], row["sharpness"]) == pytest.approx((0, 0))


def test_features_agree_with_numpy_on_every_format(folder: Path) -> None:
    for path in ("a.png", "b.jpg", "c.webp"):
        row = features(folder, path)
        pixels = np.asarray(Image.open(folder / path)) / 255
        assert [row[f"mean_{c}"] for c in ("red", "green", "blue")] == pytest.approx(pixels.mean((0, 1)).tolist())
        assert [row[f"variance_{c}"] for c in ("red", "green", "blue")] == pytest.approx(pixels.var((0, 1)).tolist())


def test_a_blurred_image_is_less_sharp_and_has_less_texture_and_nearly_the_same_hash(tmp_path: Path) -> None:
    from PIL import ImageFilter

    noise = np.random.default_rng(0).normal(0, 12, (200, 300, 1))
    sharp = Image.fromarray(np.clip(np.asarray(picture(4, 300, 200)) + noise, 0, 255).astype(np.uint8))
    sharp.save(tmp_path / "sharp.png")
    sharp.filter(ImageFilter.GaussianBlur(2)).save(tmp_path / "blurred.png")
    picture(5, 300, 200).save(tmp_path / "other.png")
    a, b, c = (features(tmp_path, f"{name}.png") for name in ("sharp", "blurred", "other"))
    assert a["sharpness"] > 10 * b["sharpness"]
    assert a["texture_variance"] > 10 * b["texture_variance"]
    bits = [int(row["perceptual_hash"], 16) for row in (a, b, c)]
    assert (bits[0] ^ bits[1]).bit_count() <= 6 < (bits[0] ^ bits[2]).bit_count()
    assert all(len(row["perceptual_hash"]) == 16 for row in (a, b, c))


def test_exif_orientation_is_honoured(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture(6, 60, 40).save(tmp_path / "a.jpg", exif=exif)
    row = features(tmp_path, "a.jpg")
    assert (row["width"], row["height"]) == (40, 60)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparency_is_white(tmp_path: Path, mode: str) -> None:
    clear = Image.new("RGBA", (20, 20), (255, 0, 0, 0))
    clear.convert(mode).save(tmp_path / "a.png", **({"transparency": clear.convert(mode).getpixel((0, 0))} if mode == "P" else {}))
    assert features(tmp_path, "a.png")["brightness"] == pytest.approx(1)


def test_grey_images_of_16_bits_keep_their_brightness(tmp_path: Path) -> None:
    Image.fromarray(np.full((20, 20), 32768, np.uint16)).save(tmp_path / "a.png")
    assert features(tmp_path, "a.png")["brightness"] == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("size", [(1, 1), (1, 50), (3000, 2)])
def test_images_of_any_shape_are_measured_and_embedded(tmp_path: Path, size: tuple[int, int]) -> None:
    picture(7, *size).save(tmp_path / "a.png")
    assert features(tmp_path, "a.png")["width"] == size[0]
    (row,) = ask(embed_image, ["a.png"], tmp_path)
    assert row is not None
    assert np.linalg.norm(row["value"]) == pytest.approx(1, abs=1e-6)


def claims_to_be(width: int, height: int) -> bytes:
    """Return the start of a PNG that says it is so large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def test_images_that_cannot_be_used_say_why_and_the_others_are_measured(folder: Path) -> None:
    (folder / "zero.png").write_bytes(b"")
    (folder / "page.png").write_text("<html>", encoding="utf8")
    (folder / "cut.jpg").write_bytes((folder / "b.jpg").read_bytes()[:500])
    (folder / "large.png").write_bytes(claims_to_be(8_000, 7_000))
    (folder / "bomb.png").write_bytes(claims_to_be(60_000, 60_000))
    picture(8).save(folder / "old.gif")
    expected = {
        "zero.png": "is empty",
        "page.png": "is not a JPEG, PNG or WebP image",
        "old.gif": "is not a JPEG, PNG or WebP image",
        "cut.jpg": "is broken and could not be decoded",
        "large.png": "has more than 50 megapixels",
        "bomb.png": "has more than 50 megapixels",
        "nowhere.png": "does not exist",
        "https://example.com/a.png": "is an address",
    }
    for module in (image_features, embed_image):
        rows = ask(module, [*expected, "a.png", None, " "], folder)
        assert rows[-2] is None
        assert rows[-1] is not None
        assert rows[-1]["error"] == "empty_input"
        assert rows[-3] is not None
        assert rows[-3]["error"] is None
        for (path, why), row in zip(expected.items(), rows[:-3], strict=True):
            assert row is not None
            assert row["error"].startswith(f"{path} {why}"), row["error"]
            assert all(value is None for name, value in row.items() if name not in ("error", "model"))


# ---------------------------------------------------------------- The default embedding


def embedding(folder: Path, paths: list[str | None], **options: Any) -> np.ndarray:
    return np.array([row["value"] for row in ask(embed_image, paths, folder, **options) if row], np.float32)


def test_an_embedding_is_a_unit_vector_of_the_documented_length_and_always_the_same(folder: Path) -> None:
    paths: list[str | None] = ["a.png", "b.jpg", "c.webp"]
    once = embedding(folder, paths)
    assert once.shape == (3, DIMENSION) == (3, 1828)
    assert np.linalg.norm(once, axis=1) == pytest.approx(1, abs=1e-6)
    assert (embedding(folder, paths[::-1], cache=folder / ".other")[::-1] == once).all()
    assert (embedding(folder, paths) == once).all()


def test_an_image_is_nearer_to_its_smaller_copy_than_to_others(folder: Path) -> None:
    picture(1).resize((30, 20)).save(folder / "small.png")
    near = embedding(folder, ["a.png", "small.png", "b.jpg", "c.webp"])
    assert near[0] @ near[1] > 0.9 > max(near[0] @ near[2], near[0] @ near[3])


def test_an_image_is_known_by_its_content_in_every_function(folder: Path) -> None:
    (folder / "copy.png").write_bytes((folder / "a.png").read_bytes())
    for invocation, computed, hits in (("one", 1, 0), ("two", 0, 1)):
        embedding(folder, ["a.png", "copy.png"], context={"invocation": invocation})
        (row,) = LEDGER.drain(invocation)
        assert (row["model"], row["distinct_texts"], row["computed"], row["cache_hits"]) == ("hog-colour", 2, computed, hits)


# ---------------------------------------------------------------- Heads


def fitted(folder: Path, labels: dict[str, str], model: str) -> Head:
    """Fit a head on images as ai_fit does on texts."""
    from sklearn.linear_model import LogisticRegression

    unit = embedding(folder, list(labels))
    target = list(labels.values())
    regression = LogisticRegression(C=100).fit(unit, target)
    weights = np.vstack((-regression.coef_ / 2, regression.coef_ / 2)).astype(np.float32)
    bias = np.concatenate((-regression.intercept_ / 2, regression.intercept_ / 2)).astype(np.float32)
    return Head("0123456789abcdef", tuple(regression.classes_), weights, bias, model)


def stripes(folder: Path, count: int) -> dict[str, str]:
    """Save pictures of horizontal and vertical stripes, and return their labels."""
    labels = {}
    for i in range(count):
        wave = np.broadcast_to(128 + 100 * np.sin(np.arange(64) / (1.5 + i % 5) + i), (64, 64))
        grey = wave if i % 2 else wave.T
        Image.fromarray(np.stack([grey * f for f in (1, 0.4 + i % 3 / 5, 0.9)], 2).astype(np.uint8)).save(folder / f"{i}.png")
        labels[f"{i}.png"] = "vertical" if i % 2 else "horizontal"
    return labels


def test_a_head_fitted_on_embeddings_classifies_other_images(tmp_path: Path) -> None:
    labels = stripes(tmp_path, 40)
    train = dict(list(labels.items())[:20])
    head = fitted(tmp_path, train, HogColour.model)
    rows = classify(tmp_path, list(labels), labels=[], head=head)
    assert [row["value"] for row in rows] == list(labels.values())
    assert all(sum(row["scores"].values()) == pytest.approx(1, abs=1e-6) for row in rows)


def test_a_head_of_another_encoder_is_refused(folder: Path) -> None:
    head = Head("0" * 16, ("a", "b"), np.zeros((2, 384), np.float32), np.zeros(2, np.float32), "all-MiniLM-L6-v2@1")
    with pytest.raises(duckdb.Error, match="was fitted on all-MiniLM-L6-v2@1 and the images are embedded by hog-colour@1"):
        classify(folder, ["a.png"], labels=[], head=head)


def classify(folder: Path, paths: list[str], *, head: Head | None = None, **options: Any) -> list[Row]:
    class WithHead:
        NAME, MODEL, RESULT, run = classify_image.NAME, classify_image.MODEL, classify_image.RESULT, staticmethod(classify_image.run)

        class Spec:
            @staticmethod
            def parse(given: Row) -> classify_image.Spec:
                from dataclasses import replace

                return replace(classify_image.Spec.parse(given), head=head)

    return [row for row in ask(WithHead, list(paths), folder, **options) if row]  # type: ignore[arg-type]


# ---------------------------------------------------------------- CLIP


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny random CLIP as such models are published."""
    pytest.importorskip("transformers")
    return save_tiny_clip(tmp_path_factory.mktemp("models") / "tiny-clip")


def save_tiny_clip(folder: Path, seed: int = 0) -> Path:
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import CLIPConfig, CLIPModel, PreTrainedTokenizerFast
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=300,
        special_tokens=["<|startoftext|>", "<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(["a photo of a cat", "a picture of a dog"] * 4, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<|startoftext|> $A <|endoftext|>", special_tokens=[("<|startoftext|>", 0), ("<|endoftext|>", 1)]
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<|startoftext|>", eos_token="<|endoftext|>", pad_token="<|endoftext|>"
    ).save_pretrained(folder)
    CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}).save_pretrained(folder)
    torch.manual_seed(seed)
    shared = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
    config = CLIPConfig(
        text_config={**shared, "vocab_size": 320, "max_position_embeddings": 40, "bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 1},
        vision_config={**shared, "image_size": 32, "patch_size": 8},
        projection_dim=16,
    )
    CLIPModel(config).save_pretrained(folder)
    return folder


def test_a_clip_embeds_images_as_transformers_does(folder: Path, clip: Path) -> None:
    import torch
    from transformers import CLIPModel
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    paths = ["a.png", "b.jpg", "c.webp"]
    ours = embedding(folder, list(paths), clip=str(clip))
    pixels = CLIPImageProcessorPil.from_pretrained(clip)([decode((folder / p).read_bytes()) for p in paths], return_tensors="np")
    model = CLIPModel.from_pretrained(clip).eval()
    with torch.inference_mode():
        theirs = model.get_image_features(torch.from_numpy(np.asarray(pixels["pixel_values"]))).pooler_output.numpy()
    assert ours.shape == (3, 16)
    assert np.linalg.norm(ours, axis=1) == pytest.approx(1, abs=1e-6)
    assert (ours * theirs / np.linalg.norm(theirs, axis=1, keepdims=True)).sum(axis=1) == pytest.approx(1, abs=1e-5)


def test_zero_shot_scores_are_those_of_the_model(folder: Path, clip: Path) -> None:
    rows = classify(folder, ["a.png", "b.jpg"], labels=LABELS, clip=str(clip))
    model = Clip(str(clip))
    captions = [[f"a {kind} of {label}." for kind in ("photo", "picture")] + [f"{label}."] for label in ("cat", "dog", "a barking animal")]
    scale, prototypes = model.prototypes([captions[0], [*captions[1], *captions[2], "a dog in the snow"]], Context(cache_dir=folder / ".c"))
    logits = scale * embedding(folder, ["a.png", "b.jpg"], clip=str(clip)) @ prototypes.T
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert [list(row["scores"]) for row in rows] == [["cat", "dog"]] * 2
    assert np.array([list(row["scores"].values()) for row in rows]) == pytest.approx(expected, abs=1e-5)
    assert [row["value"] for row in rows] == [("cat", "dog")[i] for i in expected.argmax(axis=1)]
    assert rows[0]["model"] == f"tiny-clip@{fingerprint(clip)}"


def test_a_threshold_gives_the_none_label(folder: Path, clip: Path) -> None:
    (row,) = classify(folder, ["a.png"], labels=LABELS, clip=str(clip), threshold=0.999, none_label="other")
    assert (row["value"], row["error"]) == ("other", "abstained")
    assert row["score"] < 0.999


def test_an_answer_does_not_depend_on_its_neighbours(folder: Path, clip: Path) -> None:
    for i in range(9):
        picture(20 + i).save(folder / f"{i}.png")
    paths: list[str | None] = ["a.png", *(f"{i}.png" for i in range(9)), "b.jpg"]
    together = embedding(folder, paths, clip=str(clip), cache=folder / ".together")
    for i, path in enumerate(paths):
        assert (embedding(folder, [path], clip=str(clip), cache=folder / ".alone")[0] == together[i]).all()


def test_embedding_and_classification_share_one_pass_of_the_clip(folder: Path, clip: Path) -> None:
    paths = ["a.png", "b.jpg", "c.webp"]
    embedding(folder, list(paths), clip=str(clip), context={"invocation": "shared"})
    classify(folder, paths, labels=LABELS, clip=str(clip), context={"invocation": "shared"})
    rows = {str(row["function"]): row for row in LEDGER.drain("shared")}
    assert (rows["ai_embed_image"]["computed"], rows["ai_classify_image"]["computed"]) == (3, 0)
    assert rows["ai_classify_image"]["cache_hits"] == 3
    assert rows["ai_embed_image"]["device"] == "cpu"


def test_nobody_can_pass_the_limit_of_new_rows(folder: Path, clip: Path) -> None:
    with pytest.raises(duckdb.Error, match="warehouse_ai_max_new_rows is 2"):
        embedding(folder, ["a.png", "b.jpg", "c.webp"], clip=str(clip), context={"max_new_rows": 2, "invocation": "limit"})
    # The default embedding costs no model.
    embedding(folder, ["a.png", "b.jpg", "c.webp"], context={"max_new_rows": 0})


def test_a_folder_of_a_clip_is_relative_to_the_project(folder: Path, clip: Path) -> None:
    (folder / "models").symlink_to(clip.parent)
    assert (embedding(folder, ["a.png"], clip="models/tiny-clip") == embedding(folder, ["a.png"], clip=str(clip))).all()


def test_another_clip_is_another_model(folder: Path, clip: Path, tmp_path: Path) -> None:
    other = save_tiny_clip(tmp_path / "other" / "tiny-clip", seed=1)
    assert fingerprint(other) != fingerprint(clip)
    assert abs(embedding(folder, ["a.png"], clip=str(other)) - embedding(folder, ["a.png"], clip=str(clip))).max() > 1e-3


def test_a_caption_that_is_too_long_is_refused_and_not_cut(folder: Path, clip: Path) -> None:
    with pytest.raises(duckdb.Error, match="is longer than the 40 tokens of the CLIP: say it in fewer words"):
        classify(folder, ["a.png"], labels=[{"name": "cat"}, {"name": "dog " * 60}], clip=str(clip))


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (lambda f: (f / "config.json").write_text('{"model_type": "bert"}'), "which is bert and not a CLIP"),
        (lambda f: (f / "model.safetensors").rename(f / "pytorch_model.bin"), "which has no .safetensors file: weights in other formats"),
    ],
)
def test_a_folder_that_is_no_clip_in_safetensors_is_refused(folder: Path, tmp_path: Path, break_it: Any, message: str) -> None:
    pytest.importorskip("transformers")
    broken = save_tiny_clip(tmp_path / "broken")
    break_it(broken)
    with pytest.raises(duckdb.Error, match=message):
        embedding(folder, ["a.png"], clip=str(broken))


def test_an_id_that_is_not_on_this_machine_is_not_fetched(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("transformers")
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("a connection was opened"))
    with pytest.raises(
        duckdb.Error, match="is neither a folder nor a model in the local Hugging Face cache; set the var warehouse_ai_allow"
    ):
        embedding(folder, ["a.png"], clip="nobody/no-such-clip@0123")
