"""R9's other side: the centralised training step of the same model in Python's torch, with its own libtorch.

Prints one JSON line (torch's version, its settings), then takes a step for every line of its input and prints its seconds.
The environment is set by the caller.
"""
import argparse
import json
import math
import os
import sys
import time

import torch
import torch.nn.functional as F


def arguments():
    parser = argparse.ArgumentParser()
    for name, default in dict(blocks=8, hidden=512, heads=8, ffn=1376, vocabulary=8000, length=128, rows=8, rank=8, prefix=128, threads=1).items():
        parser.add_argument("--" + name, type=int, default=default)
    parser.add_argument("--method", choices=["lora", "p_tuning_v2"], default="lora")
    return parser.parse_args()


class Linear:
    def __init__(self, outputs, inputs, rank=0):
        self.weight = torch.randn(outputs, inputs) * 0.02
        self.a = (torch.rand(rank, inputs) * 2 - 1).div(math.sqrt(inputs)).requires_grad_() if rank else None
        self.b = torch.zeros(outputs, rank, requires_grad=True) if rank else None

    def __call__(self, x):
        y = F.linear(x, self.weight)
        return y if self.a is None else y + F.linear(F.linear(x, self.a), self.b).mul(2.0)


def norm(x, weight):
    return x * x.mul(x).mean(-1, keepdim=True).add_(1e-5).rsqrt() * weight


def turn(x, cos, sin):
    half = x.shape[-1] // 2
    return x * cos + torch.cat([x[..., half:].neg(), x[..., :half]], -1) * sin


class Block:
    def __init__(self, a):
        rank = a.rank if a.method == "lora" else 0
        h, self.heads = a.hidden, a.heads
        self.norms = [torch.ones(h), torch.ones(h)]
        self.q, self.v = Linear(h, h, rank), Linear(h, h, rank)
        self.k, self.o = Linear(h, h), Linear(h, h)
        self.gate, self.up, self.down = Linear(a.ffn, h), Linear(a.ffn, h), Linear(h, a.ffn)
        self.prefix = torch.randn(a.prefix, 2 * h, requires_grad=True) if a.method == "p_tuning_v2" else None

    def parameters(self):
        return [p for p in (self.q.a, self.q.b, self.v.a, self.v.b, self.prefix) if p is not None]

    def split(self, x):
        return x.view(x.shape[0], x.shape[1], self.heads, -1).transpose(1, 2)

    def attention(self, x, cos, sin, mask):
        rows, length, hidden = x.shape
        q, k, v = turn(self.split(self.q(x)), cos, sin), turn(self.split(self.k(x)), cos, sin), self.split(self.v(x))
        if self.prefix is not None:
            keys, values = (p.view(-1, self.heads, hidden // self.heads).permute(1, 0, 2).unsqueeze(0).expand(rows, -1, -1, -1)
                            for p in self.prefix.chunk(2, 1))
            k, v = torch.cat([keys, k], 2), torch.cat([values, v], 2)
        scores = torch.matmul(q, k.transpose(2, 3)) / math.sqrt(hidden // self.heads) + mask
        mixed = torch.matmul(scores.softmax(-1, dtype=torch.float32), v)
        return self.o(mixed.transpose(1, 2).reshape(rows, length, hidden))

    def __call__(self, x, cos, sin, mask):
        x = x + self.attention(norm(x, self.norms[0]), cos, sin, mask)
        y = norm(x, self.norms[1])
        return x + self.down(F.silu(self.gate(y)) * self.up(y))


def tables(a):
    first = a.prefix if a.method == "p_tuning_v2" else 0
    size = a.hidden // a.heads
    inverse = 10000.0 ** -(torch.arange(0, size, 2, dtype=torch.float32) / size)
    angles = torch.outer(torch.arange(first, first + a.length, dtype=torch.float32), inverse)
    angles = torch.cat([angles, angles], -1)
    causal = torch.full((a.length, a.length), -math.inf).triu(1)
    return angles.cos(), angles.sin(), torch.cat([torch.zeros(a.length, first), causal], 1)


def gigaflops(size=512):
    a, best = torch.ones(size, size), math.inf
    for _ in range(5):
        start = time.perf_counter()
        torch.mm(a, a)
        best = min(best, time.perf_counter() - start)
    return 2 * size ** 3 / best / 1e9


def main():
    a = arguments()
    torch.manual_seed(1)
    torch.set_num_threads(a.threads)
    embedding, head, last = torch.randn(a.vocabulary, a.hidden) * 0.02, torch.randn(a.vocabulary, a.hidden) * 0.02, torch.ones(a.hidden)
    blocks = [Block(a) for _ in range(a.blocks)]
    cos, sin, mask = tables(a)
    optimizer = torch.optim.Adam([p for block in blocks for p in block.parameters()], lr=1e-3)
    ids = torch.randint(0, a.vocabulary, (a.rows, a.length))

    def step():
        x = embedding[ids]
        for block in blocks:
            x = block(x, cos, sin, mask)
        judged = x[:, :-1].reshape(-1, a.hidden)
        loss = F.cross_entropy(F.linear(norm(judged, last), head), ids[:, 1:].reshape(-1))
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        return loss.item()

    names = ["OMP_NUM_THREADS", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"]
    settings = [f"{torch.get_num_threads()} thread(s)"] + [f"{name}={os.environ.get(name, 'unset')}" for name in names]
    settings.append(f"{gigaflops():.0f} GFLOP/s in matrix products")
    print(json.dumps({"torch": torch.__version__, "settings": ", ".join(settings)}), flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        step()
        print(time.perf_counter() - start, flush=True)


main()
