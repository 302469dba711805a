using FlGlm.Core.Checkpoints;
using FlGlm.Core.Models;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Fixtures;

/// <summary>Which models the fixture tests cover; those of families that are not built yet show as skipped.</summary>
public sealed class FixtureFolderTests : IClassFixture<FixtureFolderNotice>
{
    [Fact]
    public void Fixture_folder_holds_model_directories() => Assert.True(FixtureSet.Models.Count > 0, $"{FixtureSet.Folder} holds no model directory");

    [FixtureTheory]
    [FixtureModels]
    [UnbuiltFixtureModels]
    public void Model_family_is_built(string model)
    {
        using var checkpoint = HfCheckpoint.Open(new FixtureModel(model).Hf);

        Assert.StartsWith(FixtureSet.FamilyOf(model), ModelFamily.Of(checkpoint).Name, StringComparison.Ordinal);
    }
}
