"""Find the files of a model that the user names: a folder, or a Hugging Face id in the local cache or, where allowed, on the hub."""

from __future__ import annotations

from pathlib import Path

import xxhash

FILES = ("*.safetensors", "*.json", "*.jinja", "*.txt", "*.model")
"""Files of a model: weights that cannot hold code, settings, tokenizer and chat template."""
OTHER_FORMATS = ("onnx/*", "openvino/*", "original/*", "consolidated*")
"""The same weights once more, for other programs."""


def locate(name: str, allow_downloads: bool, argument: str) -> tuple[Path, str]:
    """Find the files of a model.

    Args:
        name: folder, or Hugging Face id with an optional ``@revision``.
        allow_downloads: ask the Hugging Face hub for an id.
        argument: where the user wrote the name, for errors.

    Returns:
        Their folder, and ``name@revision``: for an id its commit, for a folder a hash of its files.

    Raises:
        ValueError: there is no such folder, and the id is not on this machine and may not, or could not, be fetched.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder, f"{folder.resolve().name}@{fingerprint(folder)}"
    identifier, _, revision = name.partition("@")
    folder = snapshot(identifier, revision or None, allow_downloads, argument)
    return folder, f"{identifier}@{folder.name[:12]}"


def require_safetensors(folder: Path, name: str, argument: str) -> None:
    """Refuse weights in formats that can hold code.

    Raises:
        ValueError: the folder has no safetensors file.
    """
    if not any(folder.glob("*.safetensors")):
        raise ValueError(
            f"{argument} is '{name}', which has no .safetensors file: weights in other formats can hold code and are not loaded"
        )


def snapshot(identifier: str, revision: str | None, allow_downloads: bool, argument: str) -> Path:
    """Return the folder of a Hugging Face model in the local cache; its name is the commit.

    Raises:
        ValueError: it is not there and may not, or could not, be fetched.
    """
    from huggingface_hub import snapshot_download

    try:
        return Path(
            snapshot_download(
                identifier,
                revision=revision,
                local_files_only=not allow_downloads,
                allow_patterns=list(FILES),
                ignore_patterns=list(OTHER_FORMATS),
            )
        )
    # The hub raises errors of many kinds: an id of the wrong form, no such model, no connection, no permission.
    except Exception as error:
        at = f"{identifier}@{revision}" if revision else identifier
        tried = "could not be fetched" if allow_downloads else "is neither a folder nor a model in the local Hugging Face cache"
        fix = "" if allow_downloads else "; set the var warehouse_ai_allow_downloads to true to fetch it once"
        raise ValueError(f"{argument} is '{at}', which {tried}{fix} ({type(error).__name__})") from error


def fingerprint(folder: Path) -> str:
    """Hash names and contents of a model's files: 12 hexadecimal digits."""
    digest = xxhash.xxh3_128()
    # A sentence encoder keeps its pooling in a folder of its own.
    for path in sorted(p for pattern in FILES for p in folder.rglob(pattern)):
        digest.update(path.relative_to(folder).as_posix().encode())
        with path.open("rb") as file:
            while chunk := file.read(1 << 24):
                digest.update(chunk)
    return digest.hexdigest()[:12]
