"""One training step and one validation, against the same done by hand."""

import math
import shutil
from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from core.data.augment import order
from core.data.dataset import Dataset, Split
from core.errors import ConvscopeError
from core.models.whitening import Whitening
from core.recipe import Augmentation, ConvNet, Optimizer, Recipe, Schedule
from core.training import events, learner, train
from core.training.learner import Learner, Moment

CPU = torch.device("cpu")
PLAIN = ConvNet(channels=(4, 8), depth=1, batch_norm=False)


def plain(recipe: Recipe, **fields: object) -> Recipe:
    """Without all that tells training from validation: augmentation, batch norm, dropout."""
    no_augmentation = Augmentation(crop_padding=0, flip=False)
    return recipe.model_copy(update={"augmentation": no_augmentation, "model": PLAIN} | fields)


def wild(recipe: Recipe) -> Recipe:
    """Goes well while the rate climbs; once it is above 2, the decay makes all weights grow, also
    those of features that never fire, which behind a ReLU could stay at 0."""
    return plain(
        recipe,
        epochs=30,
        model=PLAIN.model_copy(update={"activation": "leaky_relu"}),
        optimizer=Optimizer(learning_rate=5.0, momentum=0.0, weight_decay=1.0),
        schedule=Schedule(name="constant", warmup=0.9),
    )


def test_training_and_validation_loss_are_the_same_formula(
    tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    """With the same images on both sides and one step an epoch, an epoch's training figures are
    those of the validation before it."""
    recipe = plain(tiny_recipe, epochs=4, batch_size=256, label_smoothing=0.3)
    same = replace(tiny_data, validation=tiny_data.train)
    told = [e for e in train(recipe, same, device=CPU) if isinstance(e, events.EpochEnded)]
    assert len(told) == 4
    for before, after in pairwise(told):
        assert after.train_loss == pytest.approx(before.validation_loss, rel=1e-5)
        assert after.train_accuracy == pytest.approx(before.validation_accuracy)


def test_validation_is_the_mean_over_all_images_also_of_uneven_batches(
    tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    train_split = tiny_data.train
    images = train_split.images.repeat(3, 1, 1, 1)
    many = replace(
        tiny_data,
        validation=replace(train_split, images=images, labels=train_split.labels.repeat(3)),
    )
    learner = Learner(plain(tiny_recipe, label_smoothing=0.2), many, CPU)
    loss, accuracy = learner.validate()
    mean, std = torch.tensor(many.normalisation.mean), torch.tensor(many.normalisation.std)
    with torch.no_grad():
        logits = learner.model(((images / 255 - mean) / std).permute(0, 3, 1, 2))
    # Label smoothing: 0.8 of the true class's log loss and 0.2 of the mean over all classes.
    losses = -logits.log_softmax(1)
    expected = 0.8 * losses[range(len(losses)), many.validation.labels] + 0.2 * losses.mean(1)
    assert loss == pytest.approx(expected.mean().item(), rel=1e-5)
    right = logits.argmax(1) == many.validation.labels
    assert accuracy == pytest.approx(right.float().mean().item())


def test_a_step_tells_loss_accuracy_and_gradient_norm_of_its_batch(
    tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    learner = Learner(plain(tiny_recipe), tiny_data, CPU)
    indices = torch.tensor([5, 0, 9])
    images = learner._network.input(tiny_data.train.images[indices])
    labels = tiny_data.train.labels[indices]
    logits = learner.model(images)
    expected = F.cross_entropy(logits, labels)
    gradients = torch.autograd.grad(expected, list(learner.model.parameters()))
    norm = math.sqrt(sum(float((g.double() ** 2).sum()) for g in gradients))
    loss, accuracy, told_norm = learner.step(indices, Moment(0, 0, 0.0, rate=0.1))
    assert loss.item() == pytest.approx(expected.item(), rel=1e-5)
    assert accuracy.item() == pytest.approx((logits.argmax(1) == labels).float().mean().item())
    assert told_norm.item() == pytest.approx(norm, rel=1e-4)


@pytest.mark.slow
def test_compiling_changes_the_speed_and_not_the_step(
    tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    model = PLAIN.model_copy(update={"dropout": 0.5})  # whose masks are to be the same, too

    def losses(compiled: bool) -> list[float]:
        learner = Learner(plain(tiny_recipe, model=model, compile=compiled), tiny_data, CPU)
        moments = [Moment(step, 0, 0.0, rate=0.1) for step in range(3)]
        return [learner.step(torch.arange(32), moment)[0].item() for moment in moments]

    if shutil.which("g++") or shutil.which("clang++"):
        assert losses(compiled=True) == pytest.approx(losses(compiled=False), rel=1e-4)
    else:
        with pytest.raises(ConvscopeError, match="switch 'compile' off"):
            losses(compiled=True)


def test_a_restarted_run_ends_as_the_mean_of_where_its_descents_end(
    tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    recipe = plain(tiny_recipe, epochs=3, schedule=Schedule(name="linear", restart=2))
    learner = Learner(recipe, tiny_data, CPU)
    first = next(learner.model.parameters())
    seen = []
    for epoch, value in enumerate((7.0, 1.0, 5.0), start=1):
        nn.init.constant_(first, value)
        learner.end_epoch(epoch)
        seen.append(first.mean().item())
    assert seen == [7.0, 1.0, 3.0]
    assert learner.model.training


def test_validation_evaluates_the_averaged_weights_and_gives_the_others_back(
    tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    averaged = Learner(plain(tiny_recipe, weight_averaging=0.99), tiny_data, CPU)
    for step in range(3):
        averaged.step(torch.arange(20), Moment(step, 0, 0.0, rate=0.1))
    trained = {name: value.clone() for name, value in averaged.model.state_dict().items()}
    evaluated = averaged.validate()
    assert all(
        torch.equal(trained[name], value) for name, value in averaged.model.state_dict().items()
    )
    assert averaged.model.training
    other = Learner(plain(tiny_recipe), tiny_data, CPU)
    other.model.load_state_dict(averaged.evaluated_weights())
    assert other.validate() == evaluated
    other.model.load_state_dict(trained)
    assert other.validate() != evaluated


def test_divergence_names_the_first_step_that_was_not_finite(
    tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    recipe = wild(tiny_recipe)
    told = list(train(recipe, tiny_data, device=CPU))
    started, diverged = told[0], told[-1]
    assert isinstance(started, events.Started)
    assert isinstance(diverged, events.Diverged)

    learner = Learner(recipe, tiny_data, CPU)
    count, total = started.steps_per_epoch, started.total_steps
    loss, norm, step = torch.zeros(()), torch.zeros(()), -1
    before: dict[str, torch.Tensor] = {}
    while (loss + norm).isfinite():
        step += 1
        epoch, position = divmod(step, count)
        batch = order(len(tiny_data.train), recipe.seed, epoch).tensor_split(count)[position]
        before = {name: value.clone() for name, value in learner.model.state_dict().items()}
        loss, _, norm = learner.step(
            batch, Moment(step, 0, 0.0, 5.0 * min(1, (step + 1) / (0.9 * total)))
        )
    assert diverged.step == step
    assert f"at step {step:,} " in diverged.reason
    for name, value in learner.model.state_dict().items():
        assert torch.equal(value, before[name])
        assert value.isfinite().all()


def test_the_best_weights_before_a_divergence_are_not_lost(
    tiny_recipe: Recipe, tiny_data: Dataset
) -> None:
    *told, diverged = train(wild(tiny_recipe), tiny_data, device=CPU)
    assert isinstance(diverged, events.Diverged)
    epochs = [event for event in told if isinstance(event, events.EpochEnded)]
    assert epochs
    best = told[-1]
    assert isinstance(best, events.BestWeights)
    assert best.validation_accuracy == max(epoch.validation_accuracy for epoch in epochs)
    assert all(value.isfinite().all() for value in best.weights.values())


def test_the_whitening_layer_sees_every_class_of_data_that_is_sorted_by_class(
    tiny_recipe: Recipe, tiny_data: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one's own folders are. Here the first class is nearly black and the second is noise."""
    monkeypatch.setattr(learner, "WHITENING_IMAGES", 100)
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (400, 32, 32, 3), generator=generator)
    images[:200] //= 100
    split = Split(images.to(torch.uint8), torch.arange(400) // 200)
    data = replace(tiny_data, train=split)
    recipe = tiny_recipe.model_copy(update={"model": ConvNet(channels=(4,), whitening=1)})
    made = Learner(recipe, data, CPU)
    mean, std = torch.tensor(data.normalisation.mean), torch.tensor(data.normalisation.std)
    inputs = ((images / 255 - mean) / std).permute(0, 3, 1, 2)
    first = next(iter(made.model.children()))
    assert isinstance(first, Whitening)
    variances = first(inputs)[:, : first.directions].detach().transpose(0, 1).flatten(1).var(1)
    assert variances.tolist() == pytest.approx([1.0] * first.directions, rel=0.2)
