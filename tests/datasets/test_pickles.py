"""The restricted unpickler: what CIFAR's files hold is read, all else refused and never run."""

from __future__ import annotations

import pickle
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnntui.datasets.pickles import Array, read_pickle
from cnntui.errors import UserError
from tests.datasets.written import array, dictionary, numbers, some, text, texts

IMAGES = some(6, (3072,))[0]
BATCH = dictionary(data=array(IMAGES), labels=numbers(range(6)), filenames=texts(["a.png"] * 6))


def test_what_python_2_wrote():
    found = read_pickle(BATCH)
    assert np.array_equal(found["data"].values(), IMAGES)
    assert found["labels"] == list(range(6))


@pytest.mark.parametrize("module", ["numpy.core.multiarray", "numpy._core.multiarray"])
def test_numpys_old_and_new_path(module):
    found = read_pickle(dictionary(data=array(IMAGES, module)))
    assert np.array_equal(found["data"].values(), IMAGES)


@pytest.mark.parametrize("protocol", range(5))
@pytest.mark.parametrize("order", ["C", "F"])
def test_what_this_numpy_writes(protocol, order):
    values = np.array(IMAGES, order=order)
    written = pickle.dumps({b"data": values, "labels": [1, 2], "n": None}, protocol)
    found = read_pickle(written)
    assert np.array_equal(found["data"].values(), values)
    assert found["labels"] == [1, 2]


def test_the_old_text_form_of_batches_meta():
    meta = b"(dp1\nS'num_vis'\np2\nI3072\nsS'label_names'\np3\n(lp4\nS'airplane'\np5\nas."
    assert read_pickle(meta) == {"num_vis": 3072, "label_names": [b"airplane"]}


class Runs:
    """Does something when it is unpickled."""

    def __init__(self, function, *given):
        self.how = (function, given)

    def __reduce__(self):
        return self.how


def global_call(module: str, name: str, *given: bytes) -> bytes:
    body = f"c{module}\n{name}\n".encode() + b"(" + b"".join(given) + b"tR"
    return b"\x80\x02" + body + b"."


def opened(path: str) -> bytes:
    """The arguments that make a file: open(path, "w")."""
    return text(path) + text("w")


HOSTILE = {
    "os.system": lambda path: global_call("os", "system", text(f"touch {path}")),
    "posix.system": lambda path: global_call("posix", "system", text(f"touch {path}")),
    "eval": lambda path: global_call("__builtin__", "eval", text(f"open({path!r}, 'w')")),
    "builtins.open": lambda path: global_call("builtins", "open", opened(path)),
    "inside a batch": lambda path: dictionary(
        data=array(IMAGES), labels=global_call("builtins", "open", opened(path))[2:-1]
    ),
    "inst": lambda path: b"(" + opened(path) + b"ibuiltins\nopen\n.",
    "obj": lambda path: b"(cbuiltins\nopen\n" + opened(path) + b"o.",
    "stack global": lambda path: pickle.dumps(Runs(open, path, "w"), 4),
    "a list's item": lambda path: pickle.dumps([Runs(open, path, "w")], 2),
    "numpy's own load": lambda path: global_call("numpy", "load", text(path)),
    "numpy's memmap": lambda path: global_call("numpy", "memmap", text(path)),
    "a dotted name": lambda path: b"\x80\x04\x8c\x05numpy\x8c\x0dndarray.tofile\x93.",
    "getattr": lambda path: global_call("builtins", "getattr", text("a"), text("upper")),
    "an extension": lambda path: b"\x80\x02\x82\x01.",
    "something outside": lambda path: b"Pfile\n.",
    "its identity": lambda path: b"\x80\x02K\x01Q.",
    "another codec": lambda path: global_call("_codecs", "encode", text("a"), text("zlib")),
    "a state for a function": lambda path: b"\x80\x02c_codecs\nencode\n}U\x01aK\x01sb.",
    "a state for a type": lambda path: b"\x80\x02cnumpy\ndtype\n}U\x01aK\x01sb.",
    "a call of ndarray": lambda path: global_call("numpy", "ndarray", b"K\x01\x85"),
    "newobj": lambda path: b"\x80\x02cnumpy\nndarray\nK\x01\x85\x85\x81.",
}


@pytest.mark.parametrize("how", HOSTILE)
def test_a_hostile_pickle_is_refused_and_not_run(tmp_path, how):
    marker = tmp_path / "run"
    with pytest.raises(UserError):
        read_pickle(HOSTILE[how](str(marker)))
    assert not marker.exists()


def test_the_hostile_ones_would_run_elsewhere(tmp_path):
    """That the test above tests something."""
    for how in ("builtins.open", "stack global", "inst"):
        marker = tmp_path / how
        pickle.loads(HOSTILE[how](str(marker))).close()
        assert marker.exists()


def test_the_refusal_names_what_was_asked_for():
    with pytest.raises(UserError, match=r"asks for os\.system, which CIFAR's files never do"):
        read_pickle(global_call("os", "system", text("true")))


def deep(levels: int) -> bytes:
    return b")" + b"\x85" * levels


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x80\x02.",
        b"garbage",
        b"\x80\x02}",
        b"\x80\x02K\x01.",
        b"\x80\x02](K\x01e.",
        b"\x80\x02}" + deep(100_000) + b"K\x01s.",  # C's hash would overflow the stack
        b"\x80\x02}(" + deep(100_000) + b"K\x01u.",
        b"(" + deep(100_000) + b"K\x01d.",
        b"\x80\x02K\x01r\xff\xff\xff\x7f.",  # C's memo would take 16 GB
        b"\x80\x02T\xff\xff\xff\x7fabc.",
        b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\x7f.",
        b"\x80\x05\x96\xff\xff\xff\xff\xff\x00\x00\x00.",  # BYTEARRAY8: 1 TB
        b"I" + b"9" * 100_000 + b"\n.",
    ],
)
def test_what_is_no_batch(content):
    with pytest.raises(UserError, match=r"is no pickle of CIFAR|holds a|it is not run"):
        read_pickle(content)


def reduced(shape: bytes, kind: bytes, data: bytes) -> bytes:
    rebuild = b"cnumpy.core.multiarray\n_reconstruct\n)R"
    return dictionary(data=rebuild + b"(K\x01" + shape + kind + b"\x89" + data + b"tb")


BYTES = b"cnumpy\ndtype\nU\x02u1\x85R"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (reduced(b"K\x03\x85", BYTES, text("ab")), "shape and values disagree"),
        (reduced(b"J\xff\xff\xff\xff\x85", BYTES, text("ab")), "shape and values disagree"),
        (reduced(b"U\x01a\x85", BYTES, text("ab")), "shape and values disagree"),
        (reduced(b"K\x02\x85", BYTES, b"K\x02"), "shape and values disagree"),
        (reduced(b"K\x01\x85", b"cnumpy\ndtype\nU\x01O\x85R", text("a")), "another type"),
        (reduced(b"K\x01\x85", b"cnumpy\ndtype\nU\x02f8\x85R", text("a" * 8)), "another type"),
        (reduced(b"K\x01\x85", text("u1"), text("a")), "another type"),
        (dictionary(data=b"cnumpy.core.multiarray\n_reconstruct\n)R"), "numpy did not write"),
        (dictionary(data=b"cnumpy.core.multiarray\n_reconstruct\n)RK\x01b"), "did not write"),
    ],
)
def test_an_array_that_is_none(written, said):
    found = read_pickle(written)["data"]
    assert isinstance(found, Array)
    with pytest.raises(UserError, match=said):
        found.values()


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_changed_bytes_are_read_or_refused(data):
    small = dictionary(data=array(IMAGES[:2, :12]), labels=numbers(range(2)))
    content = bytearray(small)
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = read_pickle(bytes(content))
        if isinstance(found.get("data"), Array):
            found["data"].values()
    except UserError:
        pass


def test_a_length_is_written_as_it_should():
    """Of the test's own writer: pickle itself reads what it writes."""
    found = pickle.loads(BATCH, encoding="bytes")
    assert np.array_equal(found[b"data"], IMAGES)
    assert struct.calcsize("<H") == 2
