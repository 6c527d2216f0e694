"""What makes training fast and exact on a device: precision, CUDA graphs, convolutions, image
transforms, each part of the recipes that use it."""

__all__ = [
    "convolution",
    "cuda_graph",
    "devices",
    "image_transforms",
    "lanes",
    "torch_patches",
    "winograd",
]
