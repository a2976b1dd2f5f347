"""What a channel looks for: a picture made to excite it (Olah, Mordvintsev & Schubert 2017,
"Feature Visualization", distill.pub/2017/feature-visualization)."""

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save
from torch import Tensor
from torch.nn import functional as F

from core.data.dataset import IMAGE_SIZE
from core.data.pictures import Report, silent
from core.errors import ConvscopeError
from core.files import write_with
from core.inside.outputs import ensure_finite, score_of, step_named
from core.models.graph import Step, trace
from core.models.network import Network
from core.randomness import Stream, derive, normal, uniform
from core.runs.checkpoint import load_checkpoint, weights_hash
from core.tensors import DamagedFileError, open_tensors

PICTURES = 4  # from as many starts, as a channel may look for several things
STEPS = 128
RATE = 0.05  # of Adam
MARGIN = 4  # pixels around the picture, for what is shifted in
SHIFT = 4.0  # pixels to each side, at most
SCALES = (0.9, 1.1)
START = 0.02  # standard deviation of the spectrum at first
HEARD = 4  # steps between two reports
COLOURS = (
    (0.577, 0.577, 0.577),  # light
    (0.408, 0.408, -0.816),  # yellow against blue
    (0.707, -0.707, 0.0),  # red against green
)
"""Colours of natural pictures vary in these directions without correlation, most in light
(Ruderman, Cronin & Chiao 1998)."""
SPREAD = (1.0, 0.35, 0.2)  # of them, the first's is 1
STRENGTH = 8.0  # of what a spectrum of 1 makes before the sigmoid


def visualise(
    network: Network, step: Step, channel: int, seed: int = 0, report: Report = silent
) -> Tensor:
    """Pictures that excite a channel as far as 128 steps of Adam bring them: uint8 [4, 32, 32, 3].

    What grows is the mean over places of the channel's value before its activation. The picture is
    shifted and scaled a little at each step, so that what excites the channel is no accident of
    single pixels. All random numbers come from the seed. May run in several threads at once; raises
    ConvscopeError for a channel that the layer does not have, and as `ensure_finite`.
    """
    if not 0 <= channel < step.shape[0]:
        raise ConvscopeError(
            f"{step.name} has no channel {channel}; they are numbered from 0 to "
            f"{step.shape[0] - 1}."
        )
    device = network.device
    spectrum = _start(seed, channel, device)
    optimizer = torch.optim.Adam([spectrum], lr=RATE)
    mean, std = (
        torch.tensor(values, device=device)[:, None, None]
        for values in (network.normalisation.mean, network.normalisation.std)
    )
    with torch.enable_grad():
        for number in range(STEPS):
            if number % HEARD == 0:
                report("Making a picture that excites the channel", number / STEPS)
            optimizer.zero_grad()
            seen = _moved(canvas_of(spectrum), _key(seed, channel, number + 1, device))
            inputs = ((seen - mean) / std).to(memory_format=torch.channels_last)
            score = score_of(network.model, inputs, step)[:, channel]
            (-score.reshape(len(score), -1).mean(1).sum()).backward()
            optimizer.step()
    ensure_finite(spectrum)
    middle = slice(MARGIN, MARGIN + IMAGE_SIZE)
    pictures = canvas_of(spectrum.detach())[..., middle, middle]
    return (pictures * 255).round().to(torch.uint8).permute(0, 2, 3, 1).cpu()


def canvas_of(spectrum: Tensor) -> Tensor:
    """Colours from 0 to 1, [N, 3, 40, 40], from a real tensor [N, 3, 40, 21, 2]: the Fourier
    coefficients of three uncorrelated colours, each over its frequency, so that one step of the
    same length changes large and small shapes alike."""
    side = IMAGE_SIZE + 2 * MARGIN
    rows, columns = torch.fft.fftfreq(side), torch.fft.rfftfreq(side)
    frequency = (rows[:, None] ** 2 + columns[None] ** 2).sqrt().clamp(min=1 / side)
    scaled = torch.view_as_complex(spectrum) / frequency.to(spectrum.device)
    plain = torch.fft.irfft2(scaled, s=(side, side), norm="ortho") * STRENGTH / side
    colours = torch.tensor(COLOURS, device=spectrum.device)
    spread = torch.tensor(SPREAD, device=spectrum.device)
    mixed = torch.einsum("nkhw,kc->nchw", plain, colours * spread[:, None])
    return mixed.sigmoid()


def _start(seed: int, channel: int, device: torch.device) -> Tensor:
    side = IMAGE_SIZE + 2 * MARGIN
    drawn = normal(_key(seed, channel, 0, device), PICTURES, 3, side, side // 2 + 1, 2)
    return (START * drawn).requires_grad_()


def _key(seed: int, channel: int, number: int, device: torch.device) -> Tensor:
    drawn = derive(seed, Stream.VISUALISATION, channel, number)
    return torch.tensor(drawn, dtype=torch.int64, device=device)


def _moved(canvas: Tensor, key: Tensor) -> Tensor:
    """Each picture cut from its canvas somewhere around the middle, a little larger or smaller:
    [N, 3, 40, 40] to [N, 3, 32, 32]."""
    side = canvas.shape[-1]
    drawn = uniform(key, len(canvas), 3)
    low, high = SCALES
    scale = IMAGE_SIZE / side * (low + (high - low) * drawn[:, 0])
    shift = (2 * drawn[:, 1:] - 1) * SHIFT * 2 / side
    place = torch.zeros(len(canvas), 2, 3, device=canvas.device)
    place[:, 0, 0] = place[:, 1, 1] = scale
    place[:, :, 2] = shift
    size = [len(canvas), 3, IMAGE_SIZE, IMAGE_SIZE]
    grid = F.affine_grid(place, size, align_corners=False)
    return F.grid_sample(canvas, grid, padding_mode="reflection", align_corners=False)


def visualisation_path(checkpoint: Path, layer: str, channel: int) -> Path:
    return checkpoint.with_name(f"{checkpoint.stem}.look-{layer}-{channel}.safetensors")


def stored_visualisation(checkpoint: Path, layer: str, channel: int) -> np.ndarray | None:
    """uint8 [4, 32, 32, 3]; None where there is none, where it is damaged, or of other weights.
    Raises ConvscopeError as `load_checkpoint`."""
    identity = _identity(weights_hash(checkpoint), layer, channel)
    try:
        with open_tensors(visualisation_path(checkpoint, layer, channel)) as file:
            of, pictures = file.metadata(), file.get_tensor("pictures")
    except DamagedFileError:
        return None
    shape = (PICTURES, IMAGE_SIZE, IMAGE_SIZE, 3)
    fits = pictures.dtype == torch.uint8 and pictures.shape == shape
    return pictures.numpy() if fits and of == identity else None


def make_visualisation(
    checkpoint: Path,
    layer: str,
    channel: int,
    device: torch.device | None = None,
    report: Report = silent,
) -> None:
    """Compute and keep it beside the checkpoint. Raises ConvscopeError when that cannot be read, or
    has no such layer or channel."""
    trained = load_checkpoint(checkpoint)
    step = step_named(trace(trained.card.recipe.model, len(trained.card.classes)), layer)
    pictures = visualise(trained.network(device), step, channel, report=report)
    identity = _identity(trained.weights_hash, layer, channel)
    content = save({"pictures": pictures.contiguous()}, identity)
    write_with(checkpoint, visualisation_path(checkpoint, layer, channel), content)


def _identity(weights: str, layer: str, channel: int) -> dict[str, str]:
    return {"weights": weights, "layer": layer, "channel": str(channel)}
