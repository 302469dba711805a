using Xunit;

namespace FlGlm.Testing;

/// <summary>A theory over the model directories that hold a file or folder; visibly skipped where none does. Takes its rows from <see cref="FixtureModelsAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FixtureTheoryAttribute : TheoryAttribute
{
    /// <param name="needs">a file or folder of the model directory</param>
    public FixtureTheoryAttribute(string needs = "hf")
    {
        Needs = needs;
        if (!Models.Any())
            Skip = $"no model of a built family in {FixtureSet.Folder} has '{needs}'";
    }

    public string Needs { get; }

    internal IEnumerable<string> Models => FixtureSet.Models.Where(model => FixtureSet.IsBuilt(model) && Path.Exists(Path.Combine(FixtureSet.Folder, model, Needs)));
}
