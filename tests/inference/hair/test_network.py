# SPDX-License-Identifier: GPL-3.0-or-later
"""The hair networks: grid and frames, shapes of the layers, losses worked out by hand, public checkpoints, a small training run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial import cKDTree

torch = pytest.importorskip("torch")

from inference.errors import AvatarError  # noqa: E402
from inference.hair.groom import Detail, grow_style  # noqa: E402
from inference.hair.head_surface import HeadSurface  # noqa: E402
from inference.hair.library import load_style  # noqa: E402
from inference.hair.network.checkpoint import load_public_checkpoint  # noqa: E402
from inference.hair.network.curliness import curled  # noqa: E402
from inference.hair.network.dataset import HELD_OUT, make_samples, training_recipes, variations  # noqa: E402
from inference.hair.network.grid import curliness_of, grid_frames, mirrored_cells, sampled  # noqa: E402
from inference.hair.network.improved import ImprovedHairNet  # noqa: E402
from inference.hair.network.judging import judge_network, judge_retrieval  # noqa: E402
from inference.hair.network.losses import Collision, Weights, strand_losses  # noqa: E402
from inference.hair.network.original import OriginalHairNet  # noqa: E402
from inference.hair.network.training import Plan, load_trained, scalp_cells, train  # noqa: E402


def test_strands_survive_the_grid(mean_head: HeadSurface) -> None:
    grid = grid_frames(mean_head)
    groom = grow_style(mean_head, load_style("bob"), 0, Detail(guides=2000))
    hair = sampled(grid, groom)
    world = grid.to_world(hair.strands)
    own = groom.strands[cKDTree(groom.strands[:, 0]).query(grid.points)[1]]
    assert np.allclose(world[:, -1] - world[:, 0], own[:, -1] - own[:, 0], atol=1e-6)
    assert np.allclose(world[:, 0], grid.points)
    assert 0.7 < hair.filled.mean() <= 1


def test_mirroring_the_grid_mirrors_the_hair(mean_head: HeadSurface) -> None:
    grid = grid_frames(mean_head)
    local = np.random.default_rng(0).normal(size=(len(grid.cells), 2, 3))
    mirrored = local[mirrored_cells(grid.cells)] * [-1, 1, 1]
    expected = grid.to_world(local)[mirrored_cells(grid.cells)] * [-1, 1, 1]
    apart = np.abs(grid.to_world(mirrored) - expected).max((1, 2))
    assert np.quantile(apart, 0.9) < 1e-3  # cells on edges between triangles may take either of them


def test_curliness_of_a_circle() -> None:
    angle = np.linspace(0, 2 * np.pi, 200)
    circle = 0.05 * np.stack([np.cos(angle), np.sin(angle), 0 * angle], 1)[None]
    assert np.allclose(curliness_of(circle), np.log1p(20 / 20), atol=0.01)


def test_curliness_can_be_scaled() -> None:
    straight = np.zeros((5, 100, 3))
    straight[..., 2] = -np.linspace(0, 0.2, 100)
    channel = np.full((5, 100), np.log1p(60 / 20))
    offsets = [np.abs(curled(straight, channel, factor)[..., :2]).max() for factor in (0.0, 1.0, 2.0)]
    assert offsets[0] == 0
    assert offsets[1] > 0.0005
    measured = curliness_of(curled(straight, channel, 1.0))[:, 40:90]
    assert np.expm1(measured).mean() * 20 == pytest.approx(60, rel=0.35)


@pytest.mark.parametrize(
    ("network", "size"),
    [(ImprovedHairNet(128, 0.125), 128), (ImprovedHairNet(256, 0.0625, 2), 256), (OriginalHairNet(256, 0.125), 256)],
)
def test_every_shape_answers_strands_on_the_grid(network, size: int) -> None:
    with torch.inference_mode():
        assert network.eval()(torch.rand(1, 3, size, size)).shape == (1, 100, 4, 32, 32)


def test_losses_by_hand() -> None:
    target = torch.zeros(1, 2, 2, 4)
    answer = target.clone()
    answer[0, 0, 0, 0], answer[0, 0, 1, 1], answer[0, 0, 0, 3], answer[0, 1] = 2.0, 1.0, 3.0, 100.0
    visible = torch.tensor([[[True, False], [True, True]]])
    filled = torch.tensor([[True, False]])  # the second cell has no hair: it does not count at all
    position, curvature = strand_losses(answer, target, visible, filled, Weights())
    assert position.item() == pytest.approx((10 * 4 + 0.1 * 1) / 2)
    assert curvature.item() == pytest.approx(10 * 9 / 2)


def test_collision_follows_the_strand_and_the_head_s_own_skin(mean_head: HeadSurface) -> None:
    grid = grid_frames(mean_head)
    collision = Collision(mean_head, grid)
    center = torch.tensor(mean_head.anatomy.center, dtype=torch.float32)
    depth = collision.depth(center[None])
    assert depth.item() == pytest.approx(-mean_head.distance.sample(mean_head.anatomy.center[None])[0][0], abs=1e-4)
    strands = torch.zeros(1, len(grid.cells), 3, 3)
    strands[:, 0, 1:, 2] = torch.tensor([-0.01, -0.03])  # one strand grows 1 cm, then 2 cm more, into the head
    filled = torch.ones(1, len(grid.cells), dtype=torch.bool)
    world = grid.to_world(strands[0].numpy())[0]
    below = -mean_head.distance.sample(world[1:])[0]
    segments = np.abs(np.diff(world, axis=0)).sum(1)
    expected = (segments * below).sum() / (len(grid.cells) * 2)
    outwards = collision.loss(torch.zeros_like(strands), filled).item()
    assert collision.loss(strands, filled).item() - outwards == pytest.approx(expected, rel=0.05)


def test_full_size_has_the_published_layer_shapes() -> None:
    with torch.device("meta"):
        improved, original = ImprovedHairNet().state_dict(), OriginalHairNet().state_dict()
    assert improved["conv1.0.weight"].shape == (16, 3, 8, 8)
    assert improved["conv2.0.weight"].shape == (64, 3, 8, 8)
    assert improved["output.branches.0.6.weight"].shape == (100, 512, 1, 1)
    assert improved["output.conv3d.0.weight"].shape == (4, 4, 3, 3, 3)
    assert sum(t.numel() for t in original.values()) == pytest.approx(17.9e6, rel=0.01)


def test_a_public_checkpoint_is_recognised_and_loaded(tmp_path: Path) -> None:
    own = OriginalHairNet().state_dict()
    names = {}
    for name in own:
        names[name] = name.replace("dense.", "decoder.").replace("position.", "positionDecoder.")
        if name.startswith("decoder."):
            names[name] = "model.up_" + name
    saved = {f"model.{names[name]}".replace("model.model.", "model."): tensor for name, tensor in own.items()}
    torch.save({"state_dict": saved}, tmp_path / "net.ckpt")
    family, network = load_public_checkpoint(tmp_path / "net.ckpt")
    assert family == "HairNet original"
    assert all(torch.equal(tensor, own[name]) for name, tensor in network.state_dict().items())


def test_other_files_are_refused_in_one_sentence(tmp_path: Path) -> None:
    own = OriginalHairNet().state_dict()
    saved = {name.replace("position.", "positionDecoder."): tensor for name, tensor in own.items()}
    del saved["curvature.4.bias"]
    torch.save(saved, tmp_path / "lacking.pt")
    torch.save({"layer.weight": torch.zeros(3, 3)}, tmp_path / "other.pt")
    torch.save(
        {"conv1.weight": torch.zeros(32, 3, 3, 3), "branch1_fc1.weight": torch.zeros(32, 524288)}, tmp_path / "s.pt"
    )
    (tmp_path / "text.pt").write_text("no network")
    torch.save({"evil": Evil()}, tmp_path / "evil.pt")
    for name, words in {
        "lacking.pt": "lacks a layer", "other.pt": "no HairNet", "s.pt": "negative", "text.pt": "not a plain",
        "evil.pt": "not a plain", "missing.pt": "no such file",
    }.items():  # fmt: skip
        with pytest.raises(AvatarError, match=words):
            load_public_checkpoint(tmp_path / name)


class Evil:
    def __reduce__(self):
        return (print, ("executed",))


def test_held_out_styles_stay_out() -> None:
    recipes = training_recipes(300, 4)
    assert len(set(recipes)) == 300
    assert not {name for r in recipes for name in (r.first, r.second)} & set(HELD_OUT)
    assert recipes == training_recipes(300, 4)


@pytest.mark.slow
def test_a_small_run_learns_resumes_and_is_judged(tmp_path: Path) -> None:
    told: list = []
    samples = make_samples(tmp_path / "data", variations(("bob", "buzz"), 3, 0), 128, 0, told.append)
    again = make_samples(tmp_path / "data", variations(("bob", "buzz"), 3, 0), 128, 0, told.append)
    assert (again.angles == samples.angles).all()
    plan = Plan("improved", 128, 0.125, 16, False, 3, batch=6, rate=2e-3, weights=Weights(1, 0.5, 0.1, 1, robust=True))
    losses: list = []
    train(samples, plan, tmp_path / "run", "cpu", losses.append)
    assert losses[-1]["epoch"] == 3
    train(samples, plan, tmp_path / "run", "cpu", losses.append)
    assert losses[-1]["steps"] == losses[0]["steps"]  # nothing left to do
    with pytest.raises(AvatarError):
        train(samples, replace(plan, width=0.25), tmp_path / "run", "cpu", losses.append)
    network, scale, plan = load_trained(tmp_path / "run")
    assert judge_network(network, scale, plan, samples, scalp_cells()).point < 200
    assert judge_retrieval(samples, samples).point < 20
