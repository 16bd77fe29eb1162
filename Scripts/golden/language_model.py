"""Writes Tests/GodwitModelsTests/Golden/language-model-*.safetensors: a small Transformer in PyTorch, for comparison.

Pre-norm blocks with LayerNorm, learned positions, exact GELU, biases everywhere and a head of its own; softmax attention
or causal linear attention with elu + 1 (Katharopoulos et al. 2020) in its quadratic form. Parameters are float32 values;
everything is computed in float64 and rounded to float32 at the end.

    pip install torch==2.15.0 safetensors==0.8.0 numpy
    python Scripts/golden/language_model.py
"""

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

WIDTH, DEPTH, HEADS, CONTEXT, BATCH, STEPS = 32, 2, 4, 16, 3, 10
LEARNING_RATE, WEIGHT_DECAY = 1e-2, 0.1
FOLDER = Path(__file__).parents[2] / "Tests/GodwitModelsTests/Golden"


def softmax_attention(query, key, value):
    return F.scaled_dot_product_attention(query, key, value, is_causal=True)


def linear_attention(query, key, value):
    query, key = F.elu(query) + 1, F.elu(key) + 1
    weights = (query @ key.transpose(-1, -2)).tril()
    return weights @ value / weights.sum(-1, keepdim=True)


class Block(nn.Module):
    def __init__(self, attention):
        super().__init__()
        self.attention = attention
        self.mixerNorm = nn.LayerNorm(WIDTH)
        self.queryKeyValue = nn.Linear(WIDTH, 3 * WIDTH)
        self.output = nn.Linear(WIDTH, WIDTH)
        self.feedForwardNorm = nn.LayerNorm(WIDTH)
        self.up = nn.Linear(WIDTH, 4 * WIDTH)
        self.down = nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x):
        batch, length, _ = x.shape
        heads = self.queryKeyValue(self.mixerNorm(x)).reshape(batch, length, 3, HEADS, WIDTH // HEADS)
        query, key, value = heads.permute(2, 0, 3, 1, 4)
        mixed = self.attention(query, key, value).transpose(1, 2).reshape(batch, length, WIDTH)
        x = x + self.output(mixed)
        return x + self.down(F.gelu(self.up(self.feedForwardNorm(x))))


class LanguageModel(nn.Module):
    def __init__(self, attention):
        super().__init__()
        self.bytes = nn.Embedding(256, WIDTH)
        self.positions = nn.Embedding(CONTEXT, WIDTH)
        self.blocks = nn.ModuleList(Block(attention) for _ in range(DEPTH))
        self.norm = nn.LayerNorm(WIDTH)
        self.head = nn.Linear(WIDTH, 256)

    def forward(self, tokens):
        x = self.bytes(tokens) + self.positions.weight[: tokens.shape[1]]
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


def named(model, prefix, value):
    """Tensors under the names and in the layouts that Godwit gives them: weights of dense layers are [inputs, outputs]."""
    parts = {"queryKeyValue": "mixer.queryKeyValue", "output": "mixer.output", "up": "feedForward.up", "down": "feedForward.down"}
    result = {}
    for path, module in model.named_modules():
        name = ".".join(parts.get(part, part) for part in path.split("."))
        if isinstance(module, nn.Linear):
            result[f"{prefix}.{name}.weight"] = value(module.weight).T
            result[f"{prefix}.{name}.bias"] = value(module.bias)
        elif isinstance(module, nn.Embedding):
            result[f"{prefix}.{name}.table"] = value(module.weight)
        elif isinstance(module, nn.LayerNorm):
            result[f"{prefix}.{name}.scale"] = value(module.weight)
            result[f"{prefix}.{name}.shift"] = value(module.bias)
    return {name: tensor.detach().to(torch.float32).contiguous().clone() for name, tensor in result.items()}


def write(name, attention):
    torch.manual_seed(0)
    model = LanguageModel(attention)
    with torch.no_grad():
        for parameter in model.parameters():
            # Nothing at 0 or 1, so that no term of a gradient is hidden.
            parameter.add_(0.1 * torch.randn_like(parameter))
    model.double()
    tokens = torch.randint(0, 256, (BATCH, CONTEXT + 1))
    tensors = {"tokens": tokens.to(torch.float32), **named(model, "start", lambda p: p)}
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    losses = []
    for step in range(STEPS):
        logits = model(tokens[:, :-1])
        loss = F.cross_entropy(logits.reshape(-1, 256), tokens[:, 1:].reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        if step == 0:
            tensors["logits"] = logits.detach().to(torch.float32).contiguous()
            tensors |= named(model, "gradient", lambda p: p.grad)
        losses.append(loss.item())
        optimizer.step()
    tensors["losses"] = torch.tensor(losses, dtype=torch.float64)
    tensors |= named(model, "end", lambda p: p)
    metadata = {"torch": torch.__version__, "learningRate": str(LEARNING_RATE), "weightDecay": str(WEIGHT_DECAY)}
    save_file(tensors, FOLDER / f"language-model-{name}.safetensors", metadata)


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    write("softmax", softmax_attention)
    write("linear", linear_attention)
