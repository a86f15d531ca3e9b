# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of the licensed path: what each is called, what it enables, its licence."""

from __future__ import annotations

from dataclasses import dataclass

NON_COMMERCIAL = "non-commercial"


@dataclass(frozen=True)
class Kind:
    """title: for a person; enables: what the product does with it; licence: as its makers state it; use: "" or NON_COMMERCIAL."""

    title: str
    enables: str
    licence: str
    use: str = NON_COMMERCIAL


MPI = "Max Planck licence (non-commercial research)"
KINDS: dict[str, Kind] = {
    "flame": Kind(
        "FLAME head model", "heads with FLAME's topology, by landmarks alone", "FLAME licence (non-commercial research)"
    ),
    "flame_open": Kind(
        "FLAME 2023 Open head model", "heads with FLAME's topology, by landmarks alone", "CC-BY-4.0", ""
    ),
    "deca": Kind("DECA networks", "expression, pose, light and detail from the photo", MPI),
    "mica": Kind("MICA networks, with FLAME 2020", "the metrical shape of the face; FLAME heads", MPI),
    "flame_template": Kind("FLAME's texture chart (head_template.obj)", "DECA's detail and albedo maps", MPI),
    "flame_texture": Kind("FLAME texture space", "FLAME's texture chart and an albedo map", "CC-BY-NC-SA-4.0"),
    "flame_albedo": Kind("FLAME albedo from BFM", "DECA's albedo map", "Basel Face Model licence (research)"),
    "landmark_embedding": Kind("FLAME landmark table", "FLAME's own 68 landmarks", MPI),
    "fixed_displacement": Kind("DECA's displacement of the template", "the exact detail map", MPI),
    "face_mask": Kind("DECA's face and eye mask", "the exact normal map", MPI),
}
