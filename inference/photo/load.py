# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture file of any usual kind becomes an upright 8-bit sRGB photo of bounded size."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageCms, ImageOps, UnidentifiedImageError

from ..errors import AvatarError
from .types import Photo

try:
    from pillow_heif import register_heif_opener
except ImportError:
    HEIF_FORMATS: tuple[str, ...] = ()
else:
    register_heif_opener()
    HEIF_FORMATS = ("HEIF",)

# A fixed list: others (EPS, PDF) would start programs or make no sense as photos.
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "AVIF", *HEIF_FORMATS)
MIN_SIDE = 60
MAX_SIDE = 4096
# Pixels decoded at once; 250 million RGB pixels take 750 MB.
MAX_DECODED_PIXELS = 250_000_000
# Transparent pixels are shown on this grey: the least surprise for detectors and hair edges.
BACKGROUND = (128, 128, 128)
SIXTEEN_BIT_MODES = ("I;16", "I;16L", "I;16B", "I;16N", "I")

# Pillow's own limit is replaced by the one above, which knows that a JPEG can be decoded at an eighth of its size.
Image.MAX_IMAGE_PIXELS = None


def load_photo(path: Path | str) -> Photo:
    """Read a photo: orientation, colour profile, bit depth and transparency are resolved, the longest side is <= 4096.

    Raises AvatarError with a ``photo_*`` code when the file is missing, unreadable, no picture, damaged, too small or too large.
    """
    path = Path(path)
    # What Pillow warns of, broken metadata, either does not matter or ends in an error below.
    with warnings.catch_warnings(action="ignore"), _opened(path) as image:
        notes = _animation_warning(path, image)
        _check_size(path, image)
        focal = _focal_35mm(image)
        try:
            image.load()
            image = ImageOps.exif_transpose(_shrunk(image))
            profile = image.info.get("icc_profile")
            image, alpha = _without_alpha(_eight_bit(image))
            image, profile_warning = _to_srgb(image, profile)
        except (OSError, ValueError, SyntaxError, EOFError, IndexError, MemoryError) as problem:
            raise AvatarError(
                "photo_damaged",
                f"{path.name} is truncated or damaged ({problem}): export it again or use another copy.",
            ) from problem
    return Photo(path.stem, np.asarray(image), alpha, focal, notes + profile_warning)


def _opened(path: Path) -> Image.Image:
    try:
        if path.is_dir():
            raise AvatarError("photo_is_folder", f"{path} is a folder: name one picture in it.")
        with path.open("rb") as file:
            start = file.read(32)
        return Image.open(path, formats=FORMATS)
    except FileNotFoundError as problem:
        raise AvatarError("photo_missing", f"There is no file {path}: check the path.") from problem
    except PermissionError as problem:
        raise AvatarError("photo_no_permission", f"{path} may not be read: change its permissions.") from problem
    except UnidentifiedImageError as problem:
        raise _not_a_picture(path, start) from problem
    except (OSError, ValueError, SyntaxError, EOFError) as problem:
        raise AvatarError("photo_damaged", f"{path.name} cannot be opened ({problem}): use another copy.") from problem


def _not_a_picture(path: Path, start: bytes) -> AvatarError:
    heic = start[4:8] == b"ftyp" and start[8:12] in (b"heic", b"heix", b"mif1", b"hevc", b"msf1")
    if heic and not HEIF_FORMATS:
        return AvatarError(
            "photo_heic_unsupported",
            f"{path.name} is a HEIC picture, which needs the package pillow-heif: install it or save the photo as JPEG.",
        )
    kind = "is empty" if not start else "is not a picture of a known kind"
    return AvatarError("photo_not_image", f"{path.name} {kind}: use JPEG, PNG, WebP, TIFF, BMP or HEIC.")


def _animation_warning(path: Path, image: Image.Image) -> tuple[str, ...]:
    # MPO is what phones write for a photo with a preview or depth picture behind it: one photo.
    frames = 1 if image.format == "MPO" else getattr(image, "n_frames", 1)
    return (f"{path.name} holds {frames} pictures; the first is used.",) if frames > 1 else ()


def _check_size(path: Path, image: Image.Image) -> None:
    """Refuse what is too small or too large; ask the JPEG decoder for a smaller picture where that helps."""
    width, height = image.size
    if min(width, height) < MIN_SIDE:
        raise AvatarError(
            "photo_too_small",
            f"{path.name} has only {width} x {height} pixels: use one in which the face alone has {MIN_SIDE} or more.",
        )
    # A progressive JPEG keeps all coefficients whatever size is asked for.
    whole = width * height if image.format != "JPEG" or image.info.get("progressive") else 0
    longest = max(width, height)
    if image.format == "JPEG" and longest > MAX_SIDE:
        scale = MAX_SIDE / longest
        image.draft(image.mode, (max(int(width * scale), 1), max(int(height * scale), 1)))
    if max(whole, image.width * image.height) > MAX_DECODED_PIXELS:
        raise AvatarError(
            "photo_too_large",
            f"{path.name} has {width} x {height} pixels, more than can be opened safely: "
            f"make it smaller than {MAX_DECODED_PIXELS // 1_000_000} million pixels.",
        )


def _focal_35mm(image: Image.Image) -> float | None:
    """EXIF focal length in 35 mm equivalents, unless the picture was cropped since (its shape differs from the camera's)."""
    try:
        exif = image.getexif().get_ifd(ExifTags.IFD.Exif)
        focal = float(exif.get(ExifTags.Base.FocalLengthIn35mmFilm, 0))
        camera = float(exif.get(ExifTags.Base.ExifImageWidth, 0)), float(exif.get(ExifTags.Base.ExifImageHeight, 0))
    except (OSError, ValueError, SyntaxError, TypeError, ZeroDivisionError):
        return None  # broken EXIF tells nothing
    if not 5.0 <= focal <= 1000.0:
        return None
    if min(camera) > 0:
        shapes = [max(size) / min(size) for size in (camera, image.size)]
        if abs(shapes[0] / shapes[1] - 1) > 0.02:
            return None
    return focal


def _shrunk(image: Image.Image) -> Image.Image:
    longest = max(image.size)
    if longest <= MAX_SIDE:
        return image
    if image.mode == "P":
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    size = tuple(max(round(n * MAX_SIDE / longest), 1) for n in image.size)
    info, exif = image.info, image.getexif()
    # Pillow cannot filter 16-bit pictures; every nth pixel of a huge one is good enough.
    method = Image.Resampling.NEAREST if image.mode in SIXTEEN_BIT_MODES else Image.Resampling.LANCZOS
    small = image.resize(size, method, reducing_gap=None if method == Image.Resampling.NEAREST else 2.0)
    small.info = info
    small.getexif().update(exif)
    return small


def _eight_bit(image: Image.Image) -> Image.Image:
    """16-bit and float grey brought to 8 bits; Pillow would clip them at 255."""
    if image.mode not in (*SIXTEEN_BIT_MODES, "F"):
        return image
    values = np.asarray(image).astype(np.float64)
    top = 65535.0 if image.mode != "F" and values.max() > 255 else 255.0
    if image.mode == "F":
        top = max(float(np.nanmax(values)), 1.0)
    return Image.fromarray(np.clip(np.nan_to_num(values) / top * 255 + 0.5, 0, 255).astype(np.uint8))


def _without_alpha(image: Image.Image) -> tuple[Image.Image, np.ndarray | None]:
    """The picture on grey, and its alpha (None when it is opaque everywhere)."""
    if not image.has_transparency_data:
        return image, None
    image = image.convert("RGBA")
    alpha = np.asarray(image.getchannel("A"))
    if alpha.min() == 255:
        return image.convert("RGB"), None
    ground = Image.new("RGBA", image.size, (*BACKGROUND, 255))
    return Image.alpha_composite(ground, image).convert("RGB"), alpha


def _to_srgb(image: Image.Image, profile: bytes | None) -> tuple[Image.Image, tuple[str, ...]]:
    if image.mode not in ("RGB", "L", "CMYK", "LAB"):
        image = image.convert("RGB")
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB"), ()
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            return image.convert("RGB"), (
                "The photo's colour profile is broken or of another kind; colours are taken as sRGB.",
            )
    return image.convert("RGB"), ()
