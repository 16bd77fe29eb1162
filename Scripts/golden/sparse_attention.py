"""Writes golden data of sparse attention: the Longformer and the BigBird of transformers 5.24.0, in float64, rounded to
float32.

    python3 -m venv VENV && VENV/bin/pip install torch==2.15.0 safetensors transformers==5.24.0
    VENV/bin/python Scripts/golden/sparse_attention.py Tests/GodwitLayersTests/Golden

Each file holds the input x, the cotangent dy, the parameters, y and all gradients. The attention of that library ends
before the last projection, so one of torch is added. Three things are brought into line: Longformer's projections of global
positions are the same as those of the others, so that the gradients of both add up; its window of 2 w is one of w positions
on each side and the own; BigBird's random blocks, drawn anew for each head and only while training, are written down
as `randomBlocks` [H, blocks - 2, r], for all blocks of queries but the first and the last, which see all.
"""
import sys

import numpy
import torch
from safetensors.torch import save_file
from transformers.models.big_bird.configuration_big_bird import BigBirdConfig
from transformers.models.big_bird.modeling_big_bird import BigBirdBlockSparseAttention, BigBirdModel
from transformers.models.longformer.configuration_longformer import LongformerConfig
from transformers.models.longformer.modeling_longformer import LongformerSelfAttention

torch.set_default_dtype(torch.float64)
WIDTH, HEADS, BATCH = 16, 2, 2


def write(path, module, length, attend, extra=lambda: {}):
    output = torch.nn.Linear(WIDTH, WIDTH)
    with torch.no_grad():
        for parameter in list(module.parameters()) + list(output.parameters()):
            # Of a size at which some weights of a softmax are much greater than others.
            parameter.normal_(0, 0.5)
    x = torch.randn(BATCH, length, WIDTH, requires_grad=True)
    dy = torch.randn(BATCH, length, WIDTH)
    y = output(attend(x))
    (y * dy).sum().backward()
    parts = [module.query, module.key, module.value]
    tensors = {
        "x": x, "dy": dy, "y": y, "gradient.x": x.grad,
        "queryKeyValue.weight": torch.cat([part.weight.T for part in parts], dim=1),
        "queryKeyValue.bias": torch.cat([part.bias for part in parts]),
        "gradient.queryKeyValue.weight": torch.cat([part.weight.grad.T for part in parts], dim=1),
        "gradient.queryKeyValue.bias": torch.cat([part.bias.grad for part in parts]),
        "output.weight": output.weight.T, "gradient.output.weight": output.weight.grad.T,
        "output.bias": output.bias, "gradient.output.bias": output.bias.grad,
    }
    tensors.update(extra())
    save_file({name: t.detach().to(torch.float32).contiguous() for name, t in tensors.items()}, path)


def longformer(folder):
    length, window, globals_ = 40, 4, 3
    config = LongformerConfig(
        hidden_size=WIDTH, num_attention_heads=HEADS, attention_window=[2 * window], attention_probs_dropout_prob=0.0)
    module = LongformerSelfAttention(config, 0).eval()
    module.query_global, module.key_global, module.value_global = module.query, module.key, module.value
    mask = torch.zeros(BATCH, length)
    mask[:, :globals_] = 10_000

    def attend(x):
        return module(
            x, attention_mask=mask, is_index_masked=mask < 0, is_index_global_attn=mask > 0, is_global_attn=True)[0]

    write(f"{folder}/longformer.safetensors", module, length, attend)


def big_bird(folder):
    length, block, random = 48, 4, 2
    config = BigBirdConfig(
        hidden_size=WIDTH, num_attention_heads=HEADS, block_size=block, num_random_blocks=random, use_bias=True,
        max_position_embeddings=length)
    module = BigBirdBlockSparseAttention(config, seed=3).train()
    drawn = []
    draw = module._bigbird_block_rand_mask_with_head

    def remember(**options):
        drawn[:] = draw(**options)
        return drawn

    module._bigbird_block_rand_mask_with_head = remember
    blocked, band, from_mask, to_mask = BigBirdModel.create_masks_for_block_sparse_attn(
        torch.ones(BATCH, length), block)

    def attend(x):
        return module(
            x, band_mask=band, from_mask=from_mask, to_mask=to_mask, from_blocked_mask=blocked, to_blocked_mask=blocked
        )[0]

    def blocks():
        lists = numpy.stack(drawn)
        count = length // block
        for head in lists:
            for row, extra in zip(range(1, count - 1), head):
                # A block that is seen twice would count twice there.
                assert len({0, row - 1, row, row + 1, count - 1} & set(extra)) == 0 and len(set(extra)) == random
        return {"randomBlocks": torch.tensor(lists)}

    write(f"{folder}/big-bird.safetensors", module, length, attend, blocks)


def main(folder):
    torch.manual_seed(1)
    longformer(folder)
    big_bird(folder)


if __name__ == "__main__":
    main(sys.argv[1])
