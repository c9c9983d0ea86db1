"""The index is lost: approved documents come back from the ledger, withdrawn and refused ones do not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from actions.accounts.acts import Acts
from actions.answering.answer import Question
from actions.bootstrap import build_answerer, build_encoder, build_index
from actions.bootstrap.lost import is_lost
from actions.bootstrap.shelves import open_shelf
from actions.governance.documents import Documents
from actions.governance.restored import ApprovalsUnknown, approved_files
from actions.settings import load_settings
from actions.tickets.chain import Chain
from actions.tickets.moment import now
from actions.tickets.store import Store, open_store
from embeddings.store import Store as IndexStore
from tests.actions.governance.conftest import HE, LIN, SAID, Editing
from tests.actions.governance.killed_publish import desk
from tests.actions.governance.making import REPORT
from tests.real import take_over


def handed(documents: Documents, text: str = REPORT) -> int:
    read = {"text": text, "format": "txt", "flags": [], "suggestion": {}}
    number = documents.keep(LIN, "通报.txt", text.encode(), read)
    documents.describe(LIN, number, SAID)
    return number


def approved(documents: Documents, text: str = REPORT) -> int:
    number = handed(documents, text)
    documents.settle(HE, number, "published", "document_published", ("described",))
    return number


def test_a_wiped_index_is_rebuilt_with_what_was_approved(editing: Editing) -> None:
    documents = editing.desk.documents
    first = handed(documents)
    editing.ended(editing.desk.approve(HE, first, False))
    handed(documents, REPORT.replace("187", "190"))  # not approved
    gone = handed(documents, REPORT.replace("187", "191"))
    editing.ended(editing.desk.approve(HE, gone, False))
    editing.ended(editing.desk.withdraw(HE, gone, "有误"))
    store = IndexStore(editing.folder / "index")
    before = {
        p.name: p.read_bytes() for p in store.attached(store.current_id() or "").rglob("*") if p.is_file()
    }
    files = approved_files(editing.store)
    assert {Path(name).name: data for name, data in files.items()} == before
    shutil.rmtree(editing.folder / "index")
    assert is_lost(store)
    for name, data in files.items():
        path = editing.folder / "nothing" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    current, _ = desk(editing.folder)  # builds from that folder, as there is no generation
    assert "187" in current.answer(Question("助餐点")).text
    assert [source.id for source in current.served.library.sources] == ["page", f"upload-{first}"]


def test_a_damaged_generation_counts_as_lost(editing: Editing) -> None:
    store = IndexStore(editing.folder / "index")
    assert not is_lost(store)
    next(store.attached(store.current_id() or "").parent.glob("passages/*")).write_bytes(b"broken")
    assert is_lost(store)


def test_a_ledger_that_does_not_answer_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(ApprovalsUnknown, match="台账没有回答"):
        approved_files(Store(create_engine(f"sqlite:///{tmp_path / 'no' / 'such.sqlite3'}")))


@pytest.mark.slow
def test_the_real_index_answers_from_an_approved_document_after_a_wipe(tmp_path: Path) -> None:
    """The vectors stay on the disk, so that only the new document is encoded; the pointer and the files are lost."""
    settings = load_settings().model_copy(
        update={
            "var_dir": tmp_path,
            "index_dir": tmp_path / "index",
            "model_dir": load_settings().models_path(),
            "database_url": "",
        }
    )
    ledger = open_store(settings.ledger_url())
    approved(Documents(ledger, Acts(ledger, Chain("ledger-for-tests-0123456789-abcdefgh"), now), now))
    ledger.close()
    take_over(load_settings().index_path(), tmp_path / "index")
    (tmp_path / "index" / "CURRENT").unlink(missing_ok=True)
    assert IndexStore(tmp_path / "index").current_id() is None
    generation = build_index(settings)
    encoder = build_encoder(settings)
    shelf = open_shelf(settings, encoder)
    assert shelf.generation == generation
    answer = build_answerer(settings, None, encoder, shelf).answer(Question("2024年海曙有多少个老年助餐点"))
    assert "187" in answer.text
    assert not (tmp_path / "governance" / "restored").exists()
    assert build_index(settings) == generation  # nothing is lost: the same one
