# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything a person does with this folder outside Blender (standard library only, Python 3.11 or newer):

    python3 build.py demo [PHOTO ...] [--out DIR]      photo -> avatar.blend, FBX, OBJ, GLB, bundle, preview.png
    python3 build.py test [--blender 4.2|4.5|5.0|PATH] all tests; --ci: the Blender side on every version
    python3 build.py zip                               the extension, validated, in dist/
    python3 build.py repository                        a folder to put on any web server, in dist/repository/
    python3 build.py hair                              pictures and asset file of the hairstyles
    python3 build.py bench                             how long each part takes

Environments are made in .environments on first use.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENTS = ROOT / ".environments"
BPY = {"4.2": "bpy==4.2.23", "4.5": "bpy==4.5.15", "5.0": "bpy==5.0.1"}
BLENDER = "4.5"
# Picture of the NASA astronaut Eileen Collins, public domain, out of the wheel of scikit-image.
SCIKIT_IMAGE = "scikit-image==0.26.0"
PHOTO_IN_WHEEL = "skimage/data/astronaut.png"
PIP = ("-m", "pip", "--disable-pip-version-check", "--quiet")
MINUTES = 60
HAIRSTYLES = "hair_library/packed"
TIMED_OUT = 124


class BuildError(SystemExit):
    """Ends the command with one sentence on stderr and status 1."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("demo", help="make avatars of photos")
    command.add_argument("photos", nargs="*", type=Path, metavar="PHOTO", help="default: a NASA portrait")
    command.add_argument("--out", type=Path, default=ROOT / "out", metavar="DIR", help="default: out")
    command.set_defaults(run=demo)
    command = commands.add_parser("test", help="run all tests")
    command.add_argument("--blender", default=BLENDER, metavar="4.2|4.5|5.0|PATH", help=f"default: {BLENDER}")
    command.add_argument("--ci", action="store_true", help="the Blender side on 4.2, 4.5 and 5.0")
    command.set_defaults(run=test)
    commands.add_parser("zip", help="build the extension").set_defaults(run=build_zip)
    words = "build the extension and the index through which Blender offers updates"
    commands.add_parser("repository", help=words).set_defaults(run=build_repository)
    commands.add_parser("hair", help="render the hairstyles and make their asset file").set_defaults(run=hair)
    commands.add_parser("bench", help="measure").set_defaults(run=bench)
    options = parser.parse_args()
    # Being ended ends the children too: see execute.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    return options.run(options)


# --- demo


def demo(options: argparse.Namespace) -> int:
    """All products of each photo, in its own folder."""
    inference, blender = inference_environment(), blender_environment(BLENDER)
    photos = options.photos or [demo_photo()]
    failed = 0
    for photo, folder in zip(photos, output_folders(photos, options.out.resolve()), strict=True):
        print(f"{photo} -> {folder}", flush=True)
        try:
            make_avatar(inference, blender, photo.resolve(), folder)
        except BuildError as failure:
            print(f"  {failure}", file=sys.stderr, flush=True)
            failed += 1
    print(f"{len(photos) - failed} of {len(photos)} avatars in {options.out.resolve()}")
    return 1 if failed else 0


def output_folders(photos: list[Path], out: Path) -> list[Path]:
    """One folder per photo, named after it; further photos of the same name get a number."""
    names = [photo.stem for photo in photos]
    counts = [names[: number + 1].count(name) for number, name in enumerate(names)]
    return [out / (name if count == 1 else f"{name}-{count}") for name, count in zip(names, counts, strict=True)]


def make_avatar(inference: Path, blender: Path, photo: Path, folder: Path) -> None:
    """Run the line for one photo; raise BuildError with what went wrong."""
    bundle = folder / "bundle"
    start = time.monotonic()
    call([inference, "-m", "inference", "create", photo, "-o", bundle], "creating the bundle", 5 * MINUTES)
    shutil.make_archive(str(bundle), "zip", bundle)
    print(f"  bundle {time.monotonic() - start:.1f} s", flush=True)
    headless = [blender, ROOT / "avatar_addon/headless.py", bundle, "--out", folder, "--preview"]
    call(headless, "building the avatar in Blender", 20 * MINUTES)
    sheet = [inference, "-m", "inference", "contact-sheet", bundle / "textures/photo.jpg", folder / "preview"]
    call([*sheet, "-o", folder / "preview.png"], "making the contact sheet", 1 * MINUTES)
    print(f"  avatar {time.monotonic() - start:.1f} s, see {folder / 'preview.png'}", flush=True)


def demo_photo() -> Path:
    """The default photo, fetched once."""
    photo = ENVIRONMENTS / "astronaut.png"
    if not photo.exists():
        print("Fetching the demo photo", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            download = [inference_environment(), *PIP, "download", "--no-deps", "-d", folder, SCIKIT_IMAGE]
            call(download, "fetching scikit-image", 10 * MINUTES)
            with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
                photo.write_bytes(wheel.read(PHOTO_IN_WHEEL))
    return photo


# --- test


def test(options: argparse.Namespace) -> int:
    """Lint and every test; the totals come last."""
    inference = inference_environment()
    demo_photo()
    install(inference, "tests", ["-r", ROOT / "tests/requirements.txt"])
    versions = list(BPY) if options.ci else [options.blender]
    blenders = {f"Blender {version}": blender_tests(version, inference) for version in versions}
    runs: list[tuple[str, int, str]] = []

    def add(name: str, command: list[str | Path], **variables: str) -> None:
        runs.append((name, *watch(command, name, 60 * MINUTES, **variables)))

    add("ruff check", [inference, "-m", "ruff", "check", "--quiet"])
    add("ruff format", [inference, "-m", "ruff", "format", "--check", "--quiet"])
    add("inference", [inference, "-m", "pytest", "tests/inference", "tests/test_build.py"])
    for name, command in blenders.items():
        with tempfile.TemporaryDirectory() as resources:
            # The one slow test with the real worker needs to know where that is.
            add(name, command, BLENDER_USER_RESOURCES=resources, PORTRAIT_AVATAR_PYTHON=str(inference))
    print("\nTotals")
    for name, status, summary in runs:
        print(f"  {'FAILED' if status else 'passed'}  {name}: {summary}")
    return 1 if any(status for _, status, _ in runs) else 0


def blender_tests(blender: str, inference: Path) -> list[str | Path]:
    """The command that runs the Blender tests: in a bpy wheel, or in an installed Blender with pytest lent to it."""
    if blender in BPY:
        return [blender_environment(blender), "-m", "pytest", "tests/avatar_addon"]
    if shutil.which(blender) is None:
        raise BuildError(f"There is no Blender at {blender}: give 4.2, 4.5, 5.0 or the path of a blender executable.")
    lent = ENVIRONMENTS / "pytest"
    if not lent.exists():
        call([inference, *PIP, "install", "--target", lent, "pytest==9.2.0"], "fetching pytest", 10 * MINUTES)
    return [blender, "-b", "--factory-startup", "-P", ROOT / "tests/run_in_blender.py", "--", lent]


# --- zip


def build_zip(_options: argparse.Namespace) -> int:
    """Build and validate with the packaging tool that comes with Blender."""
    archive = packaged(ROOT / "dist")
    print(f"{archive} ({archive.stat().st_size / 1e6:.1f} MB, valid)")
    return 0


def build_repository(_options: argparse.Namespace) -> int:
    """The extension with index.json and a page: static files, whose address people enter under Get Extensions > Repositories."""
    folder = ROOT / "dist/repository"
    shutil.rmtree(folder, ignore_errors=True)
    packaged(folder)
    packaging_tool("server-generate", "--repo-dir", folder, "--html", doing="writing the repository's index")
    print(f"{folder}: {', '.join(sorted(path.name for path in folder.iterdir()))}")
    return 0


def packaged(folder: Path) -> Path:
    """The extension's zip, fresh in this folder, validated as a folder and as a zip."""
    pack_hair()
    folder.mkdir(parents=True, exist_ok=True)
    packaging_tool("build", "--source-dir", ROOT, "--output-dir", folder, doing="building the extension")
    archive = max(folder.glob("portrait_avatar-*.zip"), key=lambda path: path.stat().st_mtime)
    for thing in (ROOT, archive):
        packaging_tool("validate", thing, doing="validating the extension")
    return archive


def packaging_tool(*words: str | Path, doing: str) -> None:
    """Run Blender's own; it needs no Blender, only a Python."""
    python = blender_environment(BLENDER)
    tool = next(ENVIRONMENTS.glob(f"blender-{BLENDER}/**/bl_pkg/cli/blender_ext.py"))
    call([python, tool, *words], doing, 5 * MINUTES)


# --- hair


def hair(_options: argparse.Namespace) -> int:
    """The asset file, and the contact sheet dist/hairstyles.png. Saved by the oldest Blender, so that all can open it."""
    pictures, assets = ROOT / "dist/hairstyles", ROOT / "hair_library/assets"
    with tempfile.TemporaryDirectory() as folder:
        mannequin = Path(folder) / "mannequin"
        pack_hair("--mannequin", mannequin)
        script = [blender_environment("4.2"), ROOT / "avatar_addon/hair/build_assets.py", mannequin]
        folders = ["--styles", ROOT / HAIRSTYLES, "--pictures", pictures, "--assets", assets]
        call([*script, *folders], "rendering the hairstyles", 60 * MINUTES)
    sheet = [inference_environment(), "-m", "inference", "hair-sheet", pictures, "-o", ROOT / "dist/hairstyles.png"]
    call(sheet, "making the contact sheet", 2 * MINUTES)
    print(f"{assets / 'hairstyles.blend'}, see {ROOT / 'dist/hairstyles.png'}")
    return 0


def pack_hair(*options: str | Path) -> None:
    """The library's styles as files for Blender, unless they are newer than what they are made of."""
    packed = ROOT / HAIRSTYLES
    sources = [*(ROOT / "hair_library/styles").glob("*.toml"), *(ROOT / "inference/hair").rglob("*.py")]
    stamp = packed / ".complete"
    made = stamp.stat().st_mtime if stamp.exists() else 0.0
    if options or made < max(path.stat().st_mtime for path in sources):
        print("Growing the hairstyles (half a minute)", flush=True)
        pack = [inference_environment(), "-m", "inference", "pack-hair", "-o", packed, *options]
        call(pack, "growing the hairstyles", 10 * MINUTES)
        stamp.touch()


# --- bench


def bench(_options: argparse.Namespace) -> int:
    """Medians of each part on the demo photo."""
    script = ROOT / "tests/benchmark.py"
    command = [sys.executable, script, inference_environment(), blender_environment(BLENDER), demo_photo()]
    return watch(command, "bench", 30 * MINUTES)[0]


# --- environments


def inference_environment() -> Path:
    """The inference side's Python, made on first use."""
    python = environment("inference", ("3.11", "3.12"), ["--no-deps", "-r", ROOT / "inference/requirements.txt"])
    install(python, "torch", ["--no-deps", "--retries", "1", "-r", ROOT / "inference/requirements-torch.txt"])
    return python


def blender_environment(version: str) -> Path:
    """A Python with Blender as a module (the bpy wheel), made on first use."""
    if version not in BPY:
        raise BuildError(f"Blender {version} is not known here: choose {', '.join(BPY)}.")
    return environment(f"blender-{version}", ("3.11",), [BPY[version], "numpy==1.26.4", "pytest==9.2.0"])


def environment(name: str, versions: tuple[str, ...], packages: list[str | Path]) -> Path:
    """The Python of an environment with these packages."""
    folder = ENVIRONMENTS / name
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (folder / "complete-environment").exists():
        if folder.exists() and python_version(python) not in versions:
            shutil.rmtree(folder)
        if not folder.exists():
            call([find_python(versions), "-m", "venv", folder], f"making the environment {name}", 5 * MINUTES)
    install(python, "environment", packages)
    return python


def install(python: Path, what: str, packages: list[str | Path]) -> None:
    """Install packages into an environment unless its stamp says that exactly these were installed before."""
    folder = python.parent.parent
    contents = "".join(word.read_text() if isinstance(word, Path) else f"{word}\n" for word in packages)
    stamp, wanted = folder / f"complete-{what}", hashlib.sha256(contents.encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"Installing into {folder.name}: {what} (once; up to a few minutes)", flush=True)
    stamp.unlink(missing_ok=True)
    call([python, *PIP, "install", *packages], f"installing into {folder.name}", 60 * MINUTES)
    stamp.write_text(wanted)


def find_python(versions: tuple[str, ...]) -> Path:
    """A working Python of one of the versions: this one, or one on PATH."""
    for candidate in (sys.executable, *(shutil.which(f"python{version}") for version in versions)):
        if candidate and python_version(Path(candidate)) in versions:
            return Path(candidate)
    wanted = " or ".join(versions)
    raise BuildError(
        f"This step needs Python {wanted} with venv, but only {platform.python_version()} was found: install Python {versions[0]} "
        f"so that python{versions[0]} is on PATH, and run the command again (MediaPipe 0.10.21 and bpy exist for no newer one)."
    )


def python_version(python: Path) -> str | None:
    """ "3.11", or None when it does not run or cannot make environments."""
    code = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run([python, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None


# --- processes


def call(command: list[str | Path], doing: str, seconds: int) -> None:
    """Run to the end in silence; on failure show what it printed and raise BuildError."""
    status, output = execute(command, seconds, show=False)
    if status != 0:
        print(output[-8000:], file=sys.stderr, flush=True)
        raise BuildError(f"{doing} failed ({status_words(status)}), see above.")


def watch(command: list[str | Path], name: str, seconds: int, **variables: str) -> tuple[int, str]:
    """Run with its output shown; answer the exit status and words that sum it up (pytest's last line where there is one)."""
    print(f"\n== {name}", flush=True)
    status, output = execute(command, seconds, show=True, **variables)
    sums = re.findall(r"^=+ (.*(?:passed|failed|error|no tests).*) =+$", output, re.MULTILINE)
    return status, sums[-1] if sums else status_words(status)


def execute(command: list[str | Path], seconds: int, show: bool, **variables: str) -> tuple[int, str]:
    """(exit status, output with stderr); the process and its children are ended when the time is up (status TIMED_OUT)."""
    words = [str(word) for word in command]
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    variables = os.environ | {"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"} | variables
    with subprocess.Popen(words, cwd=ROOT, env=variables, start_new_session=True, errors="replace", **pipes) as process:
        late = threading.Event()
        watchdog = threading.Timer(seconds, lambda: (late.set(), end(process)))
        watchdog.start()
        lines = []
        try:
            for line in process.stdout or ():
                lines.append(line)
                if show:
                    print(line, end="", flush=True)
        except BaseException:
            end(process)
            raise
        finally:
            watchdog.cancel()
    return TIMED_OUT if late.is_set() else process.returncode, "".join(lines)


def end(process: subprocess.Popen) -> None:
    """Kill a process and its children."""
    process.kill() if os.name == "nt" else os.killpg(process.pid, signal.SIGKILL)


def status_words(status: int) -> str:
    """What an exit status means."""
    return {0: "ok", TIMED_OUT: "took too long"}.get(status, f"exit status {status}")


if __name__ == "__main__":
    sys.exit(main())
