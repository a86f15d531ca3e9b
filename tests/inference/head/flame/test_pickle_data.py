# SPDX-License-Identifier: GPL-3.0-or-later
"""Pickles are read as data: hostile ones are refused and nothing in them runs."""

from __future__ import annotations

import builtins
import io
import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from inference.errors import AvatarError
from inference.head.flame.pickle_data import as_array, read_pickle
from tests.inference.head.flame.files import flame_arrays, flame_content, python2_pickle


class Calls:
    """Pickles as a call of a function."""

    def __init__(self, function: object, *arguments: object) -> None:
        self.call = function, arguments

    def __reduce__(self) -> tuple:
        return self.call


def attacks(witness: Path) -> dict[str, bytes]:
    """Name -> a pickle that would make the witness file if it ran."""
    shell, python = f"touch {witness}", f"open({str(witness)!r}, 'w').close()"
    import torch

    return {
        "os.system": pickle.dumps(Calls(os.system, shell)),
        "subprocess": pickle.dumps(Calls(subprocess.check_call, ["touch", str(witness)])),
        "exec": pickle.dumps(Calls(exec, python)),
        "eval within an array": pickle.dumps({"v_template": np.array([Calls(eval, python)], dtype=object)}),
        "getattr chain": pickle.dumps(Calls(getattr, Calls(__import__, "os"), "system")),
        "map chain": b"\x80\x04\x8c\x08builtins\x94\x8c\x03map\x93\x8c\x05posix\x8c\x06system\x93]\x8c\x04true\x94a\x86R.",
        "old protocol": b"cos\nsystem\n(S'touch " + str(witness).encode() + b"'\ntR.",
        "inst": b"(S'touch " + str(witness).encode() + b"'\nios\nsystem\n.",
        "dotted name": b"\x80\x04\x8c\x05numpy\x8c\x0bcompat.os.x\x93.",
        "numpy load": pickle.dumps(Calls(np.load, str(witness))),
        "pickle within a pickle": pickle.dumps(Calls(pickle.loads, pickle.dumps(Calls(os.system, shell)))),
        "torch load": pickle.dumps(Calls(torch.load, str(witness))),
        "open": pickle.dumps(Calls(builtins.open, str(witness), "w")),
        "external": b"\x80\x02U\x01aQ.",
    }


NAMES = (
    *("os.system", "subprocess", "exec", "eval within an array", "getattr chain", "map chain", "old protocol", "inst"),
    *("dotted name", "numpy load", "pickle within a pickle", "torch load", "open", "external"),
)


@pytest.mark.parametrize("name", NAMES)
def test_an_attack_is_refused_and_nothing_runs(tmp_path: Path, name: str) -> None:
    witness = tmp_path / "witness"
    with pytest.raises(AvatarError) as refusal:
        read_pickle(attacks(witness)[name], "generic_model.pkl")
    assert refusal.value.code == ("weights_invalid" if name == "external" else "weights_unsafe")
    assert not witness.exists()


def test_the_attacks_work_where_pickles_are_run(tmp_path: Path) -> None:
    witness = tmp_path / "witness"
    code = f"import pickle, sys; pickle.loads({attacks(witness)['os.system']!r})"
    subprocess.run([sys.executable, "-c", code], check=True)
    assert witness.exists()


def test_a_torch_file_within_the_pickle_cannot_run_either(tmp_path: Path) -> None:
    import torch

    witness = tmp_path / "witness"
    nested = io.BytesIO()
    torch.save({"x": Calls(os.system, f"touch {witness}")}, nested, _use_new_zipfile_serialization=False)
    data = pickle.dumps(Calls(torch.storage._load_from_bytes, nested.getvalue()))
    with pytest.raises(ValueError, match="safely"):
        as_array(read_pickle(data, "landmark_embedding.npy"))
    assert not witness.exists()


def test_chumpy_select_and_sparse_are_read() -> None:
    arrays = flame_arrays()
    content = read_pickle(python2_pickle(flame_content(arrays)), "generic_model.pkl")
    assert np.array_equal(as_array(content["v_template"]), arrays.template)
    assert np.array_equal(as_array(content["shapedirs"]), arrays.directions)
    assert np.array_equal(as_array(content["J_regressor"]), arrays.regressor)
    assert content["bs_type"] == "lrotmin"


@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_files_saved_again_by_python_3_are_read(protocol: int) -> None:
    random = np.random.default_rng(3)
    array, matrix = random.normal(size=(7, 5)), sparse.random(4, 9, 0.4, "csc", random_state=1)
    read = read_pickle(pickle.dumps({"a": array, "m": matrix, "t": array.T}, protocol), "a.pkl")
    assert np.array_equal(as_array(read["a"]), array)
    assert np.array_equal(as_array(read["t"]), array.T)
    assert np.array_equal(as_array(read["m"]), matrix.toarray())


def test_impossible_sizes_are_refused_before_memory_is_taken() -> None:
    array = pickle.dumps(np.zeros(3), 2).replace(b"K\x03\x85", b"J\xff\xff\xff\x7f\x85", 1)
    with pytest.raises(ValueError, match=r"shape|size"):
        as_array(read_pickle(array, "a.pkl"))


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", "empty"), (b"<!DOCTYPE html><html>", "web page"), (b"\x80\x02}q\x00(U", "damaged"), (b"hello", "damaged")],
)
def test_what_is_no_pickle_gets_a_sentence(data: bytes, words: str) -> None:
    with pytest.raises(AvatarError, match=words) as refusal:
        read_pickle(data, "generic_model.pkl")
    assert refusal.value.code == "weights_invalid"
