"""What makes training fast and exact on a device: precision, CUDA graphs, convolutions, image
transforms. Part of every recipe that uses it."""

__all__ = ["convolution", "cuda_graph", "devices", "image_transforms", "torch_patches", "winograd"]
