using FlGlm.Client.Data;
using FlGlm.Client.Defences;
using FlGlm.Client.Stages;
using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Client.Generation;

/// <summary>Generation with the split model: all three stages for whole prompts, then for each token; every stage caches its keys and values.</summary>
public sealed class SplitDecoder(ClientStages stages, ICachedMiddle middle, ComputeLane lane) : IDecoder, IDisposable
{
    private KeyValueCache _head = new();
    private KeyValueCache _tail = new();
    /// <summary>The layout of the last call; null before the first, and after a failed one.</summary>
    private SequenceLayout? _layout;

    /// <summary>What each row of the last call begins with.</summary>
    private IReadOnlyList<int[]> _prompts = [];

    /// <summary>Changes what leaves; null = nothing is changed.</summary>
    public IBoundaryDefence? Defence { get; init; }

    /// <inheritdoc/>
    public ScalarType Dtype => stages.Blueprint.Dtype;

    /// <inheritdoc/>
    public async Task<float[][]> PrefillAsync(IReadOnlyList<int[]> prompts, CancellationToken ct)
    {
        var batch = await ReadAsync(BatchCollator.Collate([.. prompts.Select(ids => new Example(ids, ids))], marks: stages.Blueprint.Family.Marks), ct).ConfigureAwait(false);
        _prompts = prompts;
        _layout = null;
        await lane.RunAsync(Forget, ct).ConfigureAwait(false);
        using var head = await lane.RunThenSendAsync(() => stages.Head.Forward(batch.Ids, batch.Layout, _head, Release(batch.Layout)), ct).ConfigureAwait(false);
        using var hidden = await middle.PrefillAsync(head, batch.Layout, ct).ConfigureAwait(false);
        var logits = await lane.RunAsync(() => stages.Tail.NextLogits(hidden, batch.Layout, _tail), ct).ConfigureAwait(false);
        _layout = batch.Layout;
        return logits;
    }

    /// <inheritdoc/>
    public async Task<float[][]> DecodeAsync(IReadOnlyList<int> tokens, IReadOnlyList<int> rows, CancellationToken ct)
    {
        var layout = Continue(rows, lengths: null);
        long[] ids = [.. tokens];
        using var head = await lane.RunThenSendAsync(() => stages.Head.Forward(ids, layout, Select(_head, rows), Release(layout)), ct).ConfigureAwait(false);
        using var hidden = await middle.DecodeAsync(head, rows, lengths: null, ct).ConfigureAwait(false);
        var logits = await lane.RunAsync(() => stages.Tail.NextLogits(hidden, layout, Select(_tail, rows)), ct).ConfigureAwait(false);
        _layout = layout;
        return logits;
    }

    /// <inheritdoc/>
    public async Task<float[][]> JudgeAsync(IReadOnlyList<int[]> tokens, IReadOnlyList<int> rows, CancellationToken ct)
    {
        int[] lengths = [.. tokens.Select(row => row.Length - 1)];
        var layout = Continue(rows, lengths);
        var read = await ReadBehindPromptsAsync(tokens, lengths, ct).ConfigureAwait(false);
        var ids = new long[rows.Count * layout.Length];
        for (var row = 0; row < rows.Count; row++)
            read[row].CopyTo(ids, row * layout.Length);
        using var head = await lane.RunThenSendAsync(() => stages.Head.Forward(ids, layout, Select(_head, rows), Release(layout)), ct).ConfigureAwait(false);
        using var hidden = await middle.DecodeAsync(head, rows, lengths, ct).ConfigureAwait(false);
        int[][] targets = [.. tokens.Select(row => row[1..])];
        var judged = await lane.RunAsync(() => stages.Tail.LogProbabilities(hidden, layout, Select(_tail, rows), targets), ct).ConfigureAwait(false);
        _layout = layout;
        return judged;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _head.Dispose();
        _tail.Dispose();
    }

    /// <summary>The layout of a pass that goes on; until it has succeeded, none can follow.</summary>
    private SequenceLayout Continue(IReadOnlyList<int> rows, IReadOnlyList<int>? lengths)
    {
        var layout = (_layout ?? throw new InvalidOperationException("Call PrefillAsync first, and again after a failure.")).Next(rows, lengths);
        _layout = null;
        _prompts = [.. rows.Select(row => _prompts[row])];
        return layout;
    }

    private async Task<TrainingBatch> ReadAsync(TrainingBatch rows, CancellationToken ct) =>
        Defence is null ? rows : await lane.RunAsync(() => Defence.Tokens(rows, stages.Head.Embedding), ct).ConfigureAwait(false);

    /// <summary>What the head reads of tokens to judge. What is replaced of them depends on the prompt before them, which has been read already.</summary>
    /// <param name="tokens">of each row, the last of which is not read</param>
    /// <param name="lengths">how many are read of each row</param>
    private async Task<long[][]> ReadBehindPromptsAsync(IReadOnlyList<int[]> tokens, int[] lengths, CancellationToken ct)
    {
        int[][] whole = [.. tokens.Select((row, index) => (int[])[.. _prompts[index], .. row[..^1]])];
        var read = await ReadAsync(BatchCollator.Collate([.. whole.Select(ids => new Example(ids, ids))]), ct).ConfigureAwait(false);
        return [.. whole.Select((row, index) => read.Ids.AsSpan((index * read.Length) + row.Length - lengths[index], lengths[index]).ToArray())];
    }

    private Func<Tensor, Tensor>? Release(SequenceLayout layout) =>
        Defence is null ? null : hidden => Defence.Hidden(hidden, new BoundaryPass(PassPurpose.Generate, Step: 0, FirstRow: 0, layout));

    private static KeyValueCache Select(KeyValueCache cache, IReadOnlyList<int> rows)
    {
        cache.Select(rows);
        return cache;
    }

    private bool Forget()
    {
        Dispose();
        (_head, _tail) = (new KeyValueCache(), new KeyValueCache());
        return true;
    }
}
