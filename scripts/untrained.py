"""The architectures without trained weights: torchvision's own, with the Rust program's random weights.

    pip install numpy torch==2.* torchvision
    net = load("vgg16")                        # or "googlenet", "resnet50"; as in reference.py

crates/zoo/src/random.rs describes how the weights are made; they are the same bits here and there.
"""

import math

import numpy as np
import torch
import torchvision
from torch import nn

SEED = 1

# Without PyTorch's own random weights, which take a while, where there is a choice.
BUILDERS = {
    "vgg16": lambda: torchvision.models.vgg16(init_weights=False),
    "googlenet": lambda: torchvision.models.googlenet(
        aux_logits=False, transform_input=False, init_weights=False
    ),
    "resnet50": lambda: torchvision.models.resnet50(),
}


def fnv1a(text: str) -> int:
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


def splitmix64(stream: int, count: int) -> np.ndarray:
    z = np.uint64(stream) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def distribution(name: str, shape) -> tuple[float, float]:
    if len(shape) > 1:
        return 0.0, math.sqrt(6 / math.prod(shape[1:]))
    if name.endswith(".bn3.weight"):
        return 0.25, 0.0625
    if name.endswith((".weight", ".running_var")):
        return 1.0, 0.25
    return 0.0, 0.125


def random_tensor(name: str, shape) -> torch.Tensor:
    middle, spread = (np.float32(number) for number in distribution(name, shape))
    with np.errstate(over="ignore"):
        bits = splitmix64(SEED ^ fnv1a(name), math.prod(shape)) >> np.uint64(40)
    uniform = (2 * bits.astype(np.int64) + 1 - 2**24).astype(np.float32) / np.float32(2**24)
    return torch.from_numpy(middle + spread * uniform).reshape(shape)


class Untrained(nn.Module):
    """One of torchvision's networks behind its preprocessing; its modules are the layers."""

    def __init__(self, name: str):
        super().__init__()
        self.net = BUILDERS[name]()
        if name == "vgg16":
            self.net.classifier = nn.Identity()  # the Rust program has none, see vgg.rs
        tensors = self.net.state_dict()
        floats = {key: t for key, t in tensors.items() if not key.endswith("num_batches_tracked")}
        random = {key: random_tensor(key, t.shape) for key, t in floats.items()}
        self.net.load_state_dict(tensors | random)
        statistics = torch.tensor([[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]])
        self.register_buffer("statistics", statistics.reshape(2, 1, 3, 1, 1))

    def layers(self, rgb):
        """All modules' outputs; of a module that is used several times the first."""
        found = {}

        def keep(name):
            def hook(module, inputs, output):
                # The modules behind may work in place.
                found.setdefault(name, output.clone())

            return hook

        modules = self.net.named_modules()
        hooks = [module.register_forward_hook(keep(name)) for name, module in modules if name]
        try:
            mean, deviation = self.statistics
            self.net((rgb - mean) / deviation)
        finally:
            for hook in hooks:
                hook.remove()
        for name, output in found.items():
            yield name, output.reshape(*output.shape[:2], *(output.shape[2:] or (1, 1)))


def load(name: str) -> nn.Module:
    """A network with its random weights, frozen, in f32."""
    return Untrained(name).eval().requires_grad_(False)
