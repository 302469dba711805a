using FlGlm.Client.Data;
using FlGlm.Client.Generation;
using static TorchSharp.torch;

namespace FlGlm.Client.Tests.Generation;

/// <summary>A model whose logits are a function of the row's tokens. It keeps the tokens of each row as a cache would, so that wrong rows give wrong logits.</summary>
internal sealed class ScriptedDecoder(Func<IReadOnlyList<int>, float[]> logits) : IDecoder
{
    private int[][] _rows = [];

    public ScalarType Dtype { get; init; } = float32;

    /// <summary>Rows of each call, the prompts' first.</summary>
    public List<int> RowsOfCalls { get; } = [];

    /// <summary>Logits between -3 and 3 that look random and depend on every token of the row and its place.</summary>
    public static float[] Hashed(IReadOnlyList<int> ids, int vocabulary)
    {
        var random = new SplitMix64(ids.Aggregate(17L, (hash, id) => unchecked((hash * 1_000_003) + id)));
        return [.. Enumerable.Range(0, vocabulary).Select(_ => (float)((random.NextDouble() * 6) - 3))];
    }

    public Task<float[][]> PrefillAsync(IReadOnlyList<int[]> prompts, CancellationToken ct) => Answer([.. prompts]);

    public Task<float[][]> DecodeAsync(IReadOnlyList<int> tokens, IReadOnlyList<int> rows, CancellationToken ct) =>
        Answer([.. tokens.Zip(rows, (token, row) => (int[])[.. _rows[row], token])]);

    public Task<float[][]> JudgeAsync(IReadOnlyList<int[]> tokens, IReadOnlyList<int> rows, CancellationToken ct)
    {
        RowsOfCalls.Add(rows.Count);
        return Task.FromResult<float[][]>([.. tokens.Zip(rows, (ids, row) => Judged(_rows[row], ids))]);
    }

    private float[] Judged(int[] row, int[] ids) => [.. Enumerable.Range(1, ids.Length - 1).Select(next =>
    {
        var answer = logits([.. row, .. ids[..next]]);
        Logits.ToLogProbabilities(answer);
        return answer[ids[next]];
    })];

    private Task<float[][]> Answer(int[][] rows)
    {
        _rows = rows;
        RowsOfCalls.Add(rows.Length);
        return Task.FromResult<float[][]>([.. rows.Select(logits)]);
    }
}
