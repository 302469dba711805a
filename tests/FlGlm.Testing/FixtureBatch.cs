using FlGlm.Client.Data;
using FlGlm.Core.Models;
using static TorchSharp.torch;

namespace FlGlm.Testing;

/// <summary>A batch of the fixtures, with the positions of its real tokens in the reference's tensors and in ours.</summary>
public sealed class FixtureBatch
{
    private readonly Tensor _theirs;
    private readonly Tensor _ours;

    /// <param name="ids">[B, S], padded on either side</param>
    /// <param name="valid">[B, S], not 0 on real tokens</param>
    /// <param name="labels">[B, S]; null where the batch has none</param>
    /// <param name="marks">of the model's family</param>
    public FixtureBatch(Tensor ids, Tensor valid, Tensor? labels, ContextMarks? marks)
    {
        var rows = (int)ids.shape[0];
        var mask = valid.to(int64).data<long>().ToArray();
        var unlabelled = Enumerable.Repeat((long)Example.Ignored, mask.Length).ToArray();
        Batch = BatchCollator.CollatePadded(ids.data<long>().ToArray(), mask, labels?.data<long>().ToArray() ?? unlabelled, rows, marks: marks);
        _theirs = Indices(mask.Length, index => mask[index] != 0);
        _ours = Indices(rows * Batch.Length, IsReal);
    }

    public TrainingBatch Batch { get; }

    /// <param name="reference">[B, S, X], or [S, B, X] as ChatGLM's hidden states are, with the fixtures' padding</param>
    /// <returns>[real tokens, X]</returns>
    public Tensor Theirs(Tensor reference) => RowsFirst(reference).flatten(0, 1).index_select(0, _theirs);

    /// <param name="reference">[B, S, X] or [S, B, X]</param>
    /// <returns>[B, S, X]</returns>
    public Tensor RowsFirst(Tensor reference) => reference.shape[0] == Batch.Rows ? reference : reference.transpose(0, 1).contiguous();

    /// <param name="value">[B, T, X], padded on the right</param>
    /// <returns>[real tokens, X]</returns>
    public Tensor Ours(Tensor value) => value.cpu().flatten(0, 1).index_select(0, _ours);

    private static Tensor Indices(int count, Func<int, bool> wanted)
    {
        long[] indices = [.. Enumerable.Range(0, count).Where(wanted).Select(index => (long)index)];
        return tensor(indices);
    }

    private bool IsReal(int index) => index % Batch.Length < Batch.Lengths[index / Batch.Length];
}
