# SPDX-License-Identifier: GPL-3.0-or-later
"""Known coefficients planted in synthetic networks come out in their places; refinement brings the landmarks nearer."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
import pytest
import torch

from inference import cli
from inference.deca.crop import landmark_crop
from inference.deca.detail import tangent_frames, texel_table
from inference.deca.networks import detail_decoder
from inference.errors import AvatarError
from inference.estimators import learned
from inference.estimators.by_landmarks import residual
from inference.estimators.estimate import estimate_face
from inference.estimators.heads import load_head
from inference.estimators.types import Estimate, FaceOptions
from inference.face.camera import project
from inference.head.flame.frame import from_flame
from inference.head.landmark_sets import IBUG_68
from inference.photo.choose_face import choose_face
from inference.photo.landmarks import find_landmarks
from inference.photo.load import load_photo
from inference.photo.types import FaceLandmarks, Photo
from inference.weights.registry import remembered
from tests.inference.estimators.licensed_files import posed_by_the_book, write_all
from tests.inference.weights.files import Planted

pytestmark = pytest.mark.slow
PLANTED = Planted()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of synthetic files, added with the command a person would use."""
    folder = tmp_path_factory.mktemp("licensed files")
    write_all(folder, PLANTED)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PORTRAIT_AVATAR_WEIGHTS", str(folder / "weights.json"))
        with redirect_stdout(io.StringIO()):
            # 2023 last in order of name would win over 2020.
            assert cli.main(["weights", "add", *map(str, folder.iterdir())]) == 0
            assert cli.main(["weights", "add", str(folder / "generic_model.pkl")]) == 0
        yield folder


@pytest.fixture(scope="module")
def face(astronaut: Path) -> tuple[Photo, FaceLandmarks]:
    photo, found = choose_face(load_photo(astronaut), 1)
    return photo, find_landmarks(photo, found)


def estimate(face: tuple[Photo, FaceLandmarks], **options) -> Estimate:
    chosen = FaceOptions(**options)
    return estimate_face(load_head(chosen), *face, chosen)


def planted_codes() -> dict[str, np.ndarray]:
    names = ("shape", "texture", "expression", "head", "jaw", "camera", "light")
    return dict(zip(names, np.split(PLANTED.coarse, [100, 150, 200, 203, 206, 209]), strict=True))


def test_check_says_what_each_file_is(files: Path, capsys: pytest.CaptureFixture) -> None:
    assert cli.main(["weights", "check", str(files)]) == 0
    lines = capsys.readouterr().out.splitlines()
    answers = {Path(name).name: words for name, words in zip(lines[::2], lines[1::2], strict=True)}
    for name, words in {
        "generic_model.pkl": "FLAME 2020",
        "flame2023.pkl": "FLAME 2023",
        "deca_model.tar": "DECA",
        "mica.tar": "MICA",
        "head_template.obj": "texture chart",
        "fixed_displacement_256.npy": "displacement",
        "uv_face_eye_mask.png": "mask",
        "landmark_embedding.npy": "landmark table",
        "login.tar": "web page",
    }.items():
        assert words in answers[name], answers[name]
    assert cli.main(["weights", "check", str(files / "login.tar")]) == 1
    assert cli.main(["weights", "list"]) == 0
    assert str(files / "mica.tar") in capsys.readouterr().out


def test_deca_puts_every_number_in_its_place(files: Path, face: tuple[Photo, FaceLandmarks]) -> None:
    """The head that the bundle's camera sees is the documented FLAME, DECA camera and crop, in the photo's pixels."""
    codes = planted_codes()
    options = FaceOptions(estimator="deca")
    model, found = load_head(options), estimate(face, estimator="deca")
    fit = found.fit
    assert np.array_equal(fit.shape, np.r_[codes["shape"], np.zeros(200)].astype(np.float32))
    assert np.array_equal(fit.expression[52:102], codes["expression"])
    assert not fit.expression[:52].any()
    assert fit.pose[2] == pytest.approx(from_flame(codes["jaw"]))
    assert found.report["light"] == np.round(codes["light"].reshape(9, 3), 4).tolist()

    truth = posed_by_the_book(codes["shape"], codes["expression"], codes["head"], codes["jaw"])[:3931]
    scale, tx, ty = codes["camera"].astype(float)
    crop = landmark_crop(face[1].points[list(IBUG_68), :2] - 0.5)
    unit = np.stack([scale * (truth[:, 0] + tx), -scale * (truth[:, 1] + ty)], 1)
    expected = (112 * unit + 112) * crop.side / 223 + np.array(crop.center) - crop.side / 2 + 0.5
    seen = project(fit.camera, model.forward(fit.shape, fit.expression, fit.pose)[:3931])[:, :2]
    # A camera at 10 m sees what is 15 cm nearer or farther 1.5 % larger or smaller.
    from_axis = np.linalg.norm(expected - fit.camera.center_px, axis=1)
    assert (np.linalg.norm(seen - expected, axis=1) < 0.02 * from_axis + 0.01).all()
    landmarks = model.landmarks["ibug_68"]
    assert (
        np.median(np.linalg.norm((seen - expected)[np.unique(landmarks.vertices[landmarks.vertices < 3931])], axis=1))
        < 0.6
    )


def test_mica_gives_the_shape_and_leaves_it_exact(files: Path, face: tuple[Photo, FaceLandmarks]) -> None:
    fit = estimate(face, estimator="mica").fit
    assert np.array_equal(fit.shape, PLANTED.shape)
    assert not fit.offsets.any()
    assert fit.residual < 12


def test_both_take_shape_from_mica_and_the_rest_from_deca(files: Path, face: tuple[Photo, FaceLandmarks]) -> None:
    found = estimate(face, estimator="deca+mica")
    alone = estimate(face, estimator="deca")
    assert np.array_equal(found.fit.shape, PLANTED.shape)
    assert np.array_equal(found.fit.expression, alone.fit.expression)
    assert [source["name"] for source in found.sources] == ["DECA", "MICA"]
    assert all(source["use"] == "non-commercial" for source in found.sources)
    # The metrical shape fills the same place in the picture.
    model = load_head(FaceOptions(estimator="deca+mica"))
    places = [
        project(
            e.fit.camera, model.landmarks["ibug_68"].points(model.forward(e.fit.shape, e.fit.expression, e.fit.pose))
        )
        for e in (found, alone)
    ]
    size = np.ptp(places[1][:, 1])
    assert np.abs(places[0].mean(0) - places[1].mean(0))[:2].max() < 0.03 * size
    assert np.ptp(places[0][:, 1]) == pytest.approx(size, rel=0.15)


@pytest.mark.parametrize("estimator", ["deca", "mica", "deca+mica"])
def test_refinement_lowers_the_landmark_residual(
    files: Path, face: tuple[Photo, FaceLandmarks], estimator: str
) -> None:
    options = FaceOptions(estimator=estimator, refine=True)
    model, found = load_head(options), estimate(face, estimator=estimator, refine=True)
    before = found.report["landmark_residual_percent_before_refinement"]
    assert found.fit.residual < 0.5 * before
    assert residual(model, found.fit, face[1]) == pytest.approx(found.fit.residual)


def test_a_published_landmark_table_takes_the_place_of_ours(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    published = load_head(FaceOptions(head="flame")).landmarks
    registry = {kind: str(path) for kind, path in remembered().items() if kind != "landmark_embedding"}
    (files / "without.json").write_text(json.dumps(registry))
    monkeypatch.setenv("PORTRAIT_AVATAR_WEIGHTS", str(files / "without.json"))
    ours = load_head(FaceOptions(head="flame"))
    for name in ("ibug_68", "now_7"):
        assert published[name] is not ours.landmarks[name]
        assert published[name].points(ours.template) == pytest.approx(
            ours.landmarks[name].points(ours.template), abs=1e-6
        )


def test_landmark_fit_on_flame_reaches_the_open_heads_residual(files: Path, face: tuple[Photo, FaceLandmarks]) -> None:
    assert estimate(face, head="flame").fit.residual < 1.2 * max(0.3, estimate(face).fit.residual)


def test_detail_maps_hold_the_decoders_displacement(files: Path, face: tuple[Photo, FaceLandmarks]) -> None:
    found = estimate(face, estimator="deca")
    model = load_head(FaceOptions(estimator="deca"))
    codes = planted_codes()
    state = torch.load(files / "deca_model.tar", weights_only=True)["D_detail"]
    decoder = detail_decoder().to_empty(device="cpu")
    decoder.load_state_dict(state)
    code = np.concatenate([codes["jaw"], codes["expression"], PLANTED.detail])
    with torch.inference_mode():
        drawn = decoder.eval().double()(torch.from_numpy(code.astype(float))[None])[0, 0].numpy()
    expected = drawn + np.load(files / "fixed_displacement_256.npy")
    table = texel_table(model.surface.uv, model.surface.uv_triangles("skin"), model.surface.triangles("skin"))
    got = (found.maps["displacement"] / 65535 - 0.5) * 0.025
    assert got[table.covered] == pytest.approx(expected[table.covered], abs=2e-6)
    assert np.abs(got[~table.covered]).max() < 1e-6
    normal = found.maps["normal"]
    assert normal.shape == (256, 256, 3)
    assert (normal[table.covered][:, 2] > 128).mean() > 0.99
    outside = table.covered.copy()
    outside[40:200, 60:196] = False
    assert np.abs(normal[outside].astype(int) - [128, 128, 255]).max() <= 2
    frames = tangent_frames(
        model.template.astype(float),
        model.surface.triangles("skin"),
        model.surface.uv,
        model.surface.uv_triangles("skin"),
    )
    assert np.isfinite(frames).all()


def test_without_flames_chart_no_detail_is_computed(
    files: Path, face: tuple[Photo, FaceLandmarks], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learned, "has_flame_chart", lambda: False)
    monkeypatch.setattr(learned, "decode_displacement", lambda *_: pytest.fail("the decoder ran for nothing"))
    found = estimate(face, estimator="deca")
    assert "displacement" not in found.maps
    assert "head_template.obj" in found.report["detail"]


def test_what_does_not_go_together_is_refused(files: Path) -> None:
    for options, code in (
        (FaceOptions(head="open", estimator="deca"), "request_invalid"),
        (FaceOptions(estimator="emoca"), "request_invalid"),
        (FaceOptions(head=str(files / "flame2023.pkl"), estimator="deca"), "weights_mixed"),
        (FaceOptions(head=str(files / "none.pkl")), "weights_missing"),
        (FaceOptions(head=str(files / "login.tar")), "weights_invalid"),
    ):
        with pytest.raises(AvatarError) as refusal:
            load_head(options)
        assert refusal.value.code == code, options


def test_nothing_known_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PORTRAIT_AVATAR_WEIGHTS", str(tmp_path / "none.json"))
    with pytest.raises(AvatarError, match="weights add") as refusal:
        load_head(FaceOptions(estimator="deca"))
    assert refusal.value.code == "weights_missing"
