using System.Runtime.CompilerServices;
using FlGlm.Core.Checkpoints;
using Xunit;

namespace FlGlm.Testing;

/// <summary>A theory over the model directories that hold a file or folder; visibly skipped where none does. Takes its rows from <see cref="FixtureModelsAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FixtureTheoryAttribute : TheoryAttribute
{
    /// <param name="needs">a file or folder of the model directory</param>
    /// <param name="tensor">that the file must hold; empty = any</param>
    public FixtureTheoryAttribute(
        string needs = "hf", string tensor = "", [CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        (Needs, Tensor) = (needs, tensor);
        if (!Models.Any())
            Skip = $"no model of a built family in {FixtureSet.Folder} has '{needs}' {tensor}";
    }

    public string Needs { get; }

    public string Tensor { get; }

    internal IEnumerable<string> Models => FixtureSet.Models.Where(model => FixtureSet.IsBuilt(model) && Holds(Path.Combine(FixtureSet.Folder, model, Needs)));

    private bool Holds(string path)
    {
        if (Tensor.Length == 0 || !File.Exists(path))
            return Path.Exists(path);
        using var file = TensorFile.Open(path);
        return file.Tensors.ContainsKey(Tensor);
    }
}
