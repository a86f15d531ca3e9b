# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as one HTML file that needs nothing else: pictures are inside, there are no scripts."""

from __future__ import annotations

import base64
import io
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .compare import Move
from .figures import figure_of
from .section import Section, picture_kind
from .tables import OTHER, SHORT, all_sections, main_names, worst_first

PICTURE_SIDE, QUALITY = 320, 82
CAPTIONS = {
    "photo": "photo",
    "render": "avatar, light of the photo",
    "studio": "avatar, studio light",
    "difference": "difference",
    "heat": "error on the head",
}
STYLE = """
:root{--paper:#fff;--ink:#1d2025;--faint:#6b7280;--line:#e3e5e9;--card:#f7f8fa;--good:#15803d;--bad:#b91c1c}
@media(prefers-color-scheme:dark){:root{--paper:#15171b;--ink:#e4e6ea;--faint:#9aa1ac;--line:#2b2f36;--card:#1d2026;--good:#4ade80;--bad:#f87171}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:1240px;margin:0 auto;padding:28px 24px 80px}h1{font-size:26px;margin:0}h2{font-size:19px;margin:44px 0 10px}
p{margin:6px 0;color:var(--faint);max-width:100ch}
.tiles{display:flex;flex-wrap:wrap;gap:10px;margin:22px 0}
.tile{flex:1 1 140px;background:var(--card);border:1px solid var(--line);border-radius:8px;padding:10px 14px}
.tile b{display:block;font-size:23px;font-weight:600}.tile span{color:var(--faint);font-size:13px}
.scroll{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:4px 12px 4px 0;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th{color:var(--faint);font-weight:500}th:first-child,td:first-child,.words td{text-align:left}.words td{white-space:normal}
.item{border-top:1px solid var(--line);padding:16px 0}.item h3{margin:0;font-size:16px}.item .facts{color:var(--faint);font-size:14px}
.row{display:flex;flex-wrap:wrap;gap:8px;margin-top:8px}figure{margin:0;flex:1 1 170px;max-width:320px}
figure img{width:100%;display:block;border-radius:6px;background:#18191c}figcaption{font-size:12px;color:var(--faint);padding-top:3px}
.better{color:var(--good)}.worse{color:var(--bad)}
"""
DEFINITIONS = """
Pictures are square parts of the photo, 2.4 times as large as the face's box; what lies outside the photo does not count.
The avatar is rendered from the camera estimated for the photo, with the photo's expression, before the photo's background.
Below the chin the photo is left as it is; where the photo has head or hair and the avatar has none, the surroundings are
drawn on instead of the photo. Whole: all of it. Head: the photo's face and hair, and whatever the avatar covers. Face:
inside the detector's outline of the face, without the photo's hair. PSNR over the pixels and channels of the region; SSIM
with an 11 x 11 Gaussian window of deviation 1.5, mean over the channels; both on sRGB values as stored. Light of the photo:
nine spherical harmonics per colour, least squares on the bare skin of the photo's face. Studio light: the same for everybody.
Difference: render minus photo about middle grey. Error on the head: mean difference of 0 (dark) to 60 grey levels (bright),
grey where the photo tells nothing.
"""


def as_html(
    report: dict[str, Any], folder: Path, heats: dict[str, NDArray], moved: list[Move], extra: list[Section]
) -> str:
    """folder: with the items' pictures; heats: item folder (and "" for the mean) -> picture; moved: against an earlier report."""
    first, *rest = all_sections(report)
    body = [
        f"<h1>Evaluation</h1><p>{escape(report['date'])} · program {escape(report['code'])} · {escape(report['rendering'])}</p>",
        _tiles(report),
        _moves(moved, report.get("compared_with")),
        *(_section(section) for section in extra),
        "<h2>The pictures, worst first</h2>",
        f"<p>{escape(DEFINITIONS.strip())}</p>",
        _mean_heat(heats.get("")),
        *(_item(item, folder / "items" / item["folder"], report, heats) for item in worst_first(report)),
        _section(first),
        *(_section(section) for section in rest),
    ]
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Evaluation</title><style>{STYLE}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body><main>{"".join(body)}</main></body></html>\n'


def _tiles(report: dict[str, Any]) -> str:
    tiles = [
        f'<div class="tile"><b>{sum("figures" in i for i in report["items"])}</b><span>items measured</span></div>'
    ]
    for name in (*main_names(report), "identity.facenet", *OTHER):
        if name in report["summary"]:
            value = f"{report['summary'][name]['mean']:.{figure_of(name).digits}f}"
            label = SHORT[name.removeprefix("studio.")]
            tiles.append(f'<div class="tile"><b>{value}</b><span>{escape(label)}, mean</span></div>')
    return f'<div class="tiles">{"".join(tiles)}</div>'


def _moves(moved: list[Move], against: str | None) -> str:
    if not against:
        return ""
    if not moved:
        return f"<h2>What moved</h2><p>Nothing, against {escape(against)}.</p>"
    names = {True: "better", False: "worse", None: ""}
    rows = "".join(
        f'<tr class="{names[m.better]}"><td>{escape(m.figure.words)}</td><td>{m.before:.{m.figure.digits}f}</td>'
        f"<td>{m.after:.{m.figure.digits}f}</td><td>{escape(m.figure.unit)}</td><td>{names[m.better]}</td></tr>"
        for m in moved
    )
    head = "<tr><th>figure</th><th>before</th><th>now</th><th>unit</th><th></th></tr>"
    return f'<h2>What moved</h2><p>Against {escape(against)}.</p><div class="scroll"><table>{head}{rows}</table></div>'


def _item(item: dict[str, Any], folder: Path, report: dict[str, Any], heats: dict[str, NDArray]) -> str:
    figures = item["figures"]
    names = [name for name in (*main_names(report), "identity.facenet", *OTHER) if name in figures]
    facts = [f"{SHORT[n.removeprefix('studio.')]} {figures[n]:.{figure_of(n).digits}f}" for n in names]
    facts += [f"{label}: {words}" for label, words in item["words"].items()]
    facts += [f"{group}: {why}" for group, why in item["missing"].items() if group in ("loop", "emotion")]
    pictures = [(caption, _file(folder / f"{name}.png")) for name, caption in CAPTIONS.items() if name != "heat"]
    if item["folder"] in heats:
        pictures.append((CAPTIONS["heat"], _jpeg(Image.fromarray(heats[item["folder"]]))))
    shown = "".join(_figure(caption, content) for caption, content in pictures if content)
    words = f'<h3>{escape(item["name"])}</h3><div class="facts">{escape(" · ".join(facts))}</div>'
    return f'<div class="item">{words}<div class="row">{shown}</div></div>'


def _mean_heat(heat: NDArray | None) -> str:
    if heat is None:
        return ""
    return f'<div class="row">{_figure("error on the head, mean of all items", _jpeg(Image.fromarray(heat)))}</div>'


def _section(section: Section) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in section.columns)
    rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in section.rows)
    wordy = ' class="words"' if any(len(cell) > 60 for row in section.rows for cell in row) else ""
    table = f'<div class="scroll"><table{wordy}><tr>{head}</tr>{rows}</table></div>' if section.rows else ""
    shown = "".join(_figure(caption, content) for caption, content in section.pictures)
    return f'<h2>{escape(section.title)}</h2><p>{escape(section.note)}</p>{table}<div class="row">{shown}</div>'


def _figure(caption: str, content: bytes) -> str:
    code = base64.b64encode(content).decode()
    label = escape(caption, quote=True)
    return f'<figure><img alt="{label}" src="data:{picture_kind(content)};base64,{code}"><figcaption>{label}</figcaption></figure>'


def _file(path: Path) -> bytes:
    with Image.open(path) as picture:
        return _jpeg(picture.convert("RGB"))


def _jpeg(picture: Image.Image) -> bytes:
    scale = min(1.0, PICTURE_SIDE / max(picture.size))
    if scale < 1:
        picture = picture.resize(
            tuple(np.maximum(np.round(np.array(picture.size) * scale), 1).astype(int)), Image.Resampling.LANCZOS
        )
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=QUALITY)
    return content.getvalue()
