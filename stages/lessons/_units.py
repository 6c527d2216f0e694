"""What a unit makes of its sum: the four functions of the decks, and their derivatives."""

import numpy as np

SLOPE = 0.01


def sigmoid(z: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-z)), without an overflow at either end."""
    return 0.5 * (1 + np.tanh(z / 2))


def sigmoid_derivative(z: np.ndarray) -> np.ndarray:
    """F' = F (1 - F) (deck 001): at most 1/4."""
    return sigmoid(z) * (1 - sigmoid(z))


def tanh_derivative(z: np.ndarray) -> np.ndarray:
    """1 - tanh(z)²: at most 1."""
    return 1 - np.tanh(z) ** 2


def relu(z: np.ndarray) -> np.ndarray:
    """What is positive as it is, 0 for the rest."""
    return np.maximum(z, 0.0)


def relu_derivative(z: np.ndarray) -> np.ndarray:
    """1 above 0, 0 elsewhere; at 0 itself, where there is none, 0 as torch says."""
    return np.where(np.asarray(z) > 0, 1.0, 0.0)


def leaky_relu(z: np.ndarray) -> np.ndarray:
    """What is positive as it is, SLOPE times the rest."""
    return np.where(np.asarray(z) > 0, z, SLOPE * np.asarray(z))


def leaky_relu_derivative(z: np.ndarray) -> np.ndarray:
    """1 above 0, SLOPE elsewhere."""
    return np.where(np.asarray(z) > 0, 1.0, SLOPE)


# Name → the function and its derivative.
UNITS = {
    "sigmoid": (sigmoid, sigmoid_derivative),
    "tanh": (np.tanh, tanh_derivative),
    "ReLU": (relu, relu_derivative),
    "leaky ReLU": (leaky_relu, leaky_relu_derivative),
}
