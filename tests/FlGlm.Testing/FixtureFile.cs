using FlGlm.Core.Checkpoints;
using FlGlm.Core.Models;
using static TorchSharp.torch;

namespace FlGlm.Testing;

/// <summary>The tensors of one fixture file, on the CPU and in the dispose scope of the code that opened it.</summary>
public sealed class FixtureFile
{
    private readonly Dictionary<string, Tensor> _tensors;
    private readonly ContextMarks? _marks;

    /// <param name="marks">of the model's family, for its batches</param>
    public FixtureFile(string path, ContextMarks? marks = null)
    {
        _marks = marks;
        using var file = TensorFile.Open(path);
        _tensors = file.Tensors.Keys.ToDictionary(name => name, file.Read);
    }

    public Tensor this[string name] => _tensors[name];

    public bool Contains(string name) => _tensors.ContainsKey(name);

    public float Number(string name) => _tensors[name].item<float>();

    public long[] Ids(string name) => _tensors[name].data<long>().ToArray();

    /// <summary>The tensors whose names begin with a prefix, under the rest of their names.</summary>
    public IReadOnlyDictionary<string, Tensor> Under(string scope) =>
        _tensors.Where(tensor => tensor.Key.StartsWith(scope, StringComparison.Ordinal))
            .ToDictionary(tensor => tensor.Key[scope.Length..], tensor => tensor.Value);

    /// <summary>A batch of the file.</summary>
    /// <param name="scope">what its names begin with: <c>adam.batch0.</c></param>
    public FixtureBatch Batch(string scope = "")
    {
        var mask = scope + (Contains(scope + "valid") ? "valid" : "attention_mask");
        return new FixtureBatch(this[scope + "input_ids"], this[mask], Contains(scope + "labels") ? this[scope + "labels"] : null, _marks);
    }
}
