#!/usr/bin/env python3
"""One gradient step in PyTorch, timed: the other side of `compare-pytorch`.

    pip install numpy torch==2.* torchvision safetensors pillow
    python3 scripts/step-pytorch.py -m squeezenet -l fire8 --size 640x427 --steps 20

A step is what `oneiric bench` measures: forward to the layer, mean of squares, gradient of the
picture. channels_last, weights frozen, batch norms folded, no layers after the wanted one, everything
else at PyTorch's defaults. Prints JSON.

squeezenet and lite0 are those of `reference.py`. vgg16, googlenet and resnet50 are torchvision's,
with random weights that keep the scale of the values from layer to layer, so that there are no
denormal numbers.
"""

import argparse
import json
import resource
import time

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

WARM_UP = 2
BUILT_IN = {"squeezenet": "squeezenet1_1", "lite0": "efficientnet-lite0"}


def built_in(model, layer, folded):
    """The network of `reference.py` as a function of the picture."""
    import reference

    net = reference.load(BUILT_IN[model])
    if folded:
        net.fold_batch_norms()
    net.to(memory_format=torch.channels_last)
    return lambda rgb: reference.activations(net, rgb, [layer])[layer]


def from_torchvision(model, layer, folded):
    """The parts of torchvision's network up to the layer."""
    from torchvision import models

    torch.manual_seed(0)
    options = {"vgg16": {"init_weights": False}, "googlenet": {"init_weights": False, "aux_logits": False}}
    net = getattr(models, model)(weights=None, **options.get(model, {}))
    for conv in (m for m in net.modules() if isinstance(m, nn.Conv2d)):
        nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
    net = nn.Sequential(*parts_to(net, layer.split("."))).eval().requires_grad_(False)
    if folded:
        fold_batch_norms(net)
    return net.to(memory_format=torch.channels_last)


def parts_to(module, path):
    """The children of a module up to and with the one at `path`; inside, the same again."""
    for name, child in module.named_children():
        if name != path[0]:
            yield child
        elif len(path) == 1:
            yield child
            return
        else:
            yield from parts_to(child, path[1:])
            return
    raise KeyError(f"no such layer: {'.'.join(path)}")


def fold_batch_norms(net):
    """Folds each batch norm into the convolution that stands before it."""
    for module in list(net.modules()):
        children = list(module.named_children())
        for (conv_name, conv), (norm_name, norm) in zip(children, children[1:]):
            if isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                setattr(module, conv_name, fuse_conv_bn_eval(conv, norm))
                setattr(module, norm_name, nn.Identity())


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("-m", "--model", required=True)
    parser.add_argument("-l", "--layer", required=True)
    parser.add_argument("--size", default="640x427", help="WxH")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--unfolded", action="store_true", help="leave the batch norms as they are")
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    build = built_in if args.model in BUILT_IN else from_torchvision
    network = build(args.model, args.layer, not args.unfolded)
    width, height = map(int, args.size.split("x"))
    picture = torch.rand(1, 3, height, width).contiguous(memory_format=torch.channels_last)
    picture.requires_grad_()

    times, faults = [], []
    for _ in range(WARM_UP + args.steps):
        faults_before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        begun = time.perf_counter()
        torch.autograd.grad(network(picture).square().mean(), picture)
        times.append((time.perf_counter() - begun) * 1e3)
        faults.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - faults_before)
    print(json.dumps({
        "version": torch.__version__,
        "isa": torch.backends.cpu.get_cpu_capability(),
        "milliseconds": times[WARM_UP:],
        "page_faults": sum(faults[WARM_UP:]) / args.steps,
    }))  # fmt: skip


if __name__ == "__main__":
    main()
