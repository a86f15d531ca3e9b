# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of picture a person may hand over."""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms, features

from inference.errors import AvatarError
from inference.photo.load import MAX_SIDE, load_photo

WIDTH, HEIGHT = 90, 120


def gradient() -> np.ndarray:
    """(120, 90, 3) uint8: red grows to the right, green downwards."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    return np.stack([x * 255 // (WIDTH - 1), y * 255 // (HEIGHT - 1), np.full_like(x, 40)], -1).astype(np.uint8)


def refusal(path: Path) -> AvatarError:
    with pytest.raises(AvatarError) as caught:
        load_photo(path)
    assert caught.value.message.endswith(".")
    return caught.value


def far(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.abs(a.astype(int) - b.astype(int)).mean())


@pytest.mark.parametrize(
    ("extension", "options", "tolerance"),
    [
        ("png", {}, 0),
        ("bmp", {}, 0),
        ("tif", {"compression": "tiff_lzw"}, 0),
        ("webp", {"lossless": True}, 0),
        ("jpg", {"quality": 95}, 3),
        ("jpg", {"quality": 95, "progressive": True}, 3),
    ],
)
def test_usual_kinds(tmp_path: Path, extension: str, options: dict, tolerance: float) -> None:
    path = tmp_path / f"Größe mit Leer zeichen.{extension}"
    Image.fromarray(gradient()).save(path, **options)
    photo = load_photo(path)
    assert photo.name == "Größe mit Leer zeichen"
    assert photo.pixels.dtype == np.uint8
    assert photo.alpha is None
    assert photo.warnings == ()
    assert far(photo.pixels, gradient()) <= tolerance


def test_heic(tmp_path: Path) -> None:
    pytest.importorskip("pillow_heif")
    Image.fromarray(gradient()).save(tmp_path / "a.heic", quality=95)
    assert far(load_photo(tmp_path / "a.heic").pixels, gradient()) < 5


def test_heic_without_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.heic").write_bytes(b"\0\0\0\x18ftypheic" + b"\0" * 64)
    monkeypatch.setattr("inference.photo.load.HEIF_FORMATS", ())
    monkeypatch.setattr("inference.photo.load.FORMATS", ("JPEG", "PNG"))
    assert refusal(tmp_path / "a.heic").code == "photo_heic_unsupported"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation(tmp_path: Path, orientation: int) -> None:
    upright = Image.fromarray(gradient())
    undo = {
        2: [Image.Transpose.FLIP_LEFT_RIGHT],
        3: [Image.Transpose.ROTATE_180],
        4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE],
        6: [Image.Transpose.ROTATE_90],
        7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_270],
    }
    stored = upright
    for step in undo.get(orientation, []):
        stored = stored.transpose(step)
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(tmp_path / "a.png", exif=exif)
    assert far(load_photo(tmp_path / "a.png").pixels, gradient()) == 0


@pytest.mark.parametrize(("aspect", "expected"), [((4000, 3000), 26.0), ((4000, 2000), None)])
def test_focal_length_only_of_uncropped_pictures(
    tmp_path: Path, aspect: tuple[int, int], expected: float | None
) -> None:
    exif = Image.Exif()
    details = exif.get_ifd(0x8769)
    details[0xA405], details[0xA002], details[0xA003] = 26, *aspect
    Image.fromarray(gradient()).save(tmp_path / "a.jpg", exif=exif)
    assert load_photo(tmp_path / "a.jpg").focal_35mm == expected


def test_broken_exif_is_no_obstacle(tmp_path: Path) -> None:
    Image.fromarray(gradient()).save(tmp_path / "a.jpg", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + b"\xff" * 40)
    assert load_photo(tmp_path / "a.jpg").pixels.shape == (HEIGHT, WIDTH, 3)


def test_grey_cmyk_and_palette(tmp_path: Path) -> None:
    picture = Image.fromarray(gradient())
    picture.convert("L").save(tmp_path / "grey.png")
    picture.convert("CMYK").save(tmp_path / "cmyk.jpg", quality=95)
    picture.quantize(256).save(tmp_path / "palette.png")
    grey = load_photo(tmp_path / "grey.png").pixels
    assert (grey[..., 0] == grey[..., 2]).all()
    assert far(load_photo(tmp_path / "cmyk.jpg").pixels, gradient()) < 4
    assert far(load_photo(tmp_path / "palette.png").pixels, gradient()) < 12


@pytest.mark.parametrize("extension", ["png", "tif"])
def test_sixteen_bit_grey_is_scaled_not_clipped(tmp_path: Path, extension: str) -> None:
    ramp = np.linspace(0, 65535, HEIGHT).astype(np.uint16)[:, None].repeat(WIDTH, 1)
    Image.fromarray(ramp).save(tmp_path / f"a.{extension}")
    assert far(load_photo(tmp_path / f"a.{extension}").pixels[..., 0], ramp / 257) < 1


def test_sixteen_bit_colour_png(tmp_path: Path) -> None:
    """Written by hand, because Pillow cannot write it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (gradient().astype(">u2") * 257).reshape(HEIGHT, -1)
    raw = b"".join(b"\0" + row.tobytes() for row in rows)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 16, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")
    (tmp_path / "a.png").write_bytes(png)
    assert far(load_photo(tmp_path / "a.png").pixels, gradient()) <= 1


def test_alpha_is_kept_and_shown_on_grey(tmp_path: Path) -> None:
    alpha = np.full((HEIGHT, WIDTH), 255, np.uint8)
    alpha[:, :30] = 0
    Image.fromarray(np.dstack([gradient(), alpha])).save(tmp_path / "a.png")
    photo = load_photo(tmp_path / "a.png")
    assert (photo.alpha == alpha).all()
    assert (photo.pixels[:, :30] == 128).all()
    assert far(photo.pixels[:, 30:], gradient()[:, 30:]) == 0


def test_opaque_alpha_is_no_alpha(tmp_path: Path) -> None:
    Image.fromarray(gradient()).convert("RGBA").save(tmp_path / "a.png")
    assert load_photo(tmp_path / "a.png").alpha is None


def test_colour_profile_is_applied(tmp_path: Path) -> None:
    """A profile with red and blue exchanged must exchange them; a broken one is reported."""
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    picture = Image.fromarray(gradient())
    converted = ImageCms.profileToProfile(picture, srgb, lab, outputMode="LAB")
    converted.save(tmp_path / "lab.tif", icc_profile=lab.tobytes())
    assert far(load_photo(tmp_path / "lab.tif").pixels, gradient()) < 4
    picture.save(tmp_path / "broken.png", icc_profile=b"nonsense" * 20)
    photo = load_photo(tmp_path / "broken.png")
    assert far(photo.pixels, gradient()) == 0
    assert "profile" in photo.warnings[0]


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_animation_gives_its_first_picture_and_a_warning(tmp_path: Path, kind: str) -> None:
    if kind == "WEBP" and not features.check("webp"):
        pytest.skip("no WebP")
    first, second = Image.fromarray(gradient()), Image.new("RGB", (WIDTH, HEIGHT), "black")
    first.save(tmp_path / "a", kind, save_all=True, append_images=[second], duration=100, lossless=True)
    photo = load_photo(tmp_path / "a")
    assert "2 pictures" in photo.warnings[0]
    assert far(photo.pixels, gradient()) < 15


def test_large_pictures_are_shrunk(tmp_path: Path) -> None:
    Image.new("RGB", (6000, 300), "navy").save(tmp_path / "a.png")
    assert load_photo(tmp_path / "a.png").pixels.shape == (205, MAX_SIDE, 3)
    ramp = np.linspace(0, 65535, 6000).astype(np.uint16)[None].repeat(80, 0)
    Image.fromarray(ramp).save(tmp_path / "b.png")
    assert load_photo(tmp_path / "b.png").pixels.max() > 250


def test_large_jpeg_with_orientation_stays_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (9000, 600), "navy").save(tmp_path / "a.jpg", exif=exif)
    height, width = load_photo(tmp_path / "a.jpg").pixels.shape[:2]
    assert height == MAX_SIDE
    assert width < height


def test_thirty_thousand_pixels_wide(tmp_path: Path) -> None:
    Image.new("L", (30_000, 9_000)).save(tmp_path / "a.png")
    assert refusal(tmp_path / "a.png").code == "photo_too_large"
    Image.new("L", (30_000, 9_000), 99).save(tmp_path / "a.jpg")
    photo = load_photo(tmp_path / "a.jpg")
    assert max(photo.pixels.shape) <= MAX_SIDE
    assert abs(int(photo.pixels.mean()) - 99) <= 1


def test_a_header_that_lies_about_its_size(tmp_path: Path) -> None:
    Image.fromarray(gradient()).save(tmp_path / "a.png")
    data = bytearray((tmp_path / "a.png").read_bytes())
    data[16:24] = struct.pack(">II", 60_000, 60_000)
    data[29:33] = struct.pack(">I", zlib.crc32(bytes(data[12:29])))
    (tmp_path / "a.png").write_bytes(bytes(data))
    assert refusal(tmp_path / "a.png").code == "photo_too_large"


def test_bad_paths(tmp_path: Path) -> None:
    assert refusal(tmp_path).code == "photo_is_folder"
    assert refusal(tmp_path / "nothing.jpg").code == "photo_missing"
    (tmp_path / "empty.jpg").touch()
    assert refusal(tmp_path / "empty.jpg").code == "photo_not_image"
    (tmp_path / "text.jpg").write_text("not a picture")
    assert refusal(tmp_path / "text.jpg").code == "photo_not_image"
    Image.new("RGB", (1, 1)).save(tmp_path / "dot.png")
    assert refusal(tmp_path / "dot.png").code == "photo_too_small"


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may read everything, so the refusal is made."""
    Image.fromarray(gradient()).save(tmp_path / "a.png")
    (tmp_path / "a.png").chmod(0)
    if os.access(tmp_path / "a.png", os.R_OK):

        def refuse(*_: object, **__: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "open", refuse)
    assert refusal(tmp_path / "a.png").code == "photo_no_permission"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "BMP", "GIF", "HEIF"])
def test_truncated_anywhere(tmp_path: Path, kind: str) -> None:
    """Cut at any place a picture is refused with a sentence; never another exception, never half a picture."""
    if kind == "HEIF":
        pytest.importorskip("pillow_heif")
    buffer = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8)
    Image.fromarray(noise).save(buffer, kind)
    data = buffer.getvalue()
    for cut in (5, 13, 40, len(data) // 3, len(data) // 2, len(data) * 9 // 10):
        (tmp_path / "a").write_bytes(data[:cut])
        assert refusal(tmp_path / "a").code in ("photo_damaged", "photo_not_image"), (kind, cut)


def test_pdf_and_postscript_are_not_opened(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 200 200\nshowpage\n")
    assert refusal(tmp_path / "a.jpg").code == "photo_not_image"
