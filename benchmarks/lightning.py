"""The same network, data and augmentation as plain.py, trained by PyTorch Lightning.

python -m benchmarks.lightning --data images.npz --width 16 --epochs 3 --seed 0
"""

import json
import logging
import time
import warnings

import pytorch_lightning as lightning
import torch
from torch import nn

from benchmarks.flags import common
from benchmarks.plain import make_loaders, make_network


class Classifier(lightning.LightningModule):
    """A network with its loss, optimizer and test accuracy."""

    def __init__(self, width):
        super().__init__()
        self.network, self.criterion = (
            make_network(width, batch_norm=True, dropout=0.0),
            nn.CrossEntropyLoss(),
        )
        self.right, self.count = 0, 0

    def training_step(self, batch, _):
        images, labels = batch
        loss = self.criterion(self.network(images), labels)
        self.log("train_loss", loss)
        return loss

    def on_validation_epoch_start(self):
        self.right, self.count = 0, 0

    def validation_step(self, batch, _):
        images, labels = batch
        self.right += (self.network(images).argmax(1) == labels).sum().item()
        self.count += len(labels)

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.001)


class Clock(lightning.Callback):
    """Seconds per epoch, the test at its end included."""

    def __init__(self):
        self.seconds, self.started = [], None

    def on_train_epoch_start(self, *_):
        self.started = time.perf_counter()

    def on_train_epoch_end(self, *_):
        self.seconds.append(time.perf_counter() - self.started)


def main():
    parser = common()
    args = parser.parse_args()
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore")
    torch.set_num_threads(args.threads)
    lightning.seed_everything(args.seed, verbose=False)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    train, test = make_loaders(args.data, args.batch, augment=True, device=device)
    model, clock = Classifier(args.width), Clock()
    quiet = {
        "logger": False,
        "enable_checkpointing": False,
        "enable_progress_bar": False,
        "enable_model_summary": False,
    }
    trainer = lightning.Trainer(
        max_epochs=args.epochs, callbacks=[clock], num_sanity_val_steps=0, **quiet
    )
    trainer.fit(model, train, test)
    print(json.dumps({"seconds": clock.seconds, "accuracy": model.right / model.count}))


if __name__ == "__main__":
    main()
