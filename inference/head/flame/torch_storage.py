# SPDX-License-Identifier: GPL-3.0-or-later
"""The numbers of one torch storage that lies inside a pickle (landmark_embedding.npy), read by torch in its weights-only mode."""

from __future__ import annotations

import io
import warnings

from numpy.typing import NDArray


def read_storage(data: bytes) -> NDArray:
    """(N,) the storage's values. Raises ValueError when the bytes hold anything else; nothing in them is run."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch warns of the old kind of storage, which is what the file has
            return _values(data)
    except Exception as problem:
        raise ValueError("a tensor that cannot be read safely") from problem


def _values(data: bytes) -> NDArray:
    import torch

    storage = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    return torch.tensor([], dtype=storage.dtype).set_(storage.untyped()).numpy()
